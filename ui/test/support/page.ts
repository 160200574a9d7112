/** Renders one view over the invented core of a scene. */
import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { vi } from 'vitest';
import { fakeCore } from '../../src/gallery/core';
import { AppState } from '../../src/lib/app.svelte';
import { replaceIpc, type Ipc } from '../../src/lib/ipc';
import InApp from './InApp.svelte';

/** Puts a scene's core in place, with some commands replaced, and loads what views rely on. */
export async function stateOf(scene: string, change: Partial<Ipc> = {}): Promise<AppState> {
  replaceIpc({ ...fakeCore(scene), ...change });
  const app = new AppState();
  await Promise.all([app.environments.load(), app.profiles.load(), app.settings.load()]);
  return app;
}

/** What is scrolled into sight from now on; jsdom lays nothing out, and has no such call. */
export function watchScrolling() {
  const shown = vi.fn(function (this: Element) {});
  Element.prototype.scrollIntoView = shown;
  return shown;
}

/** Gives every element a place on the page; without one, a list that opens beside a field counts as hidden. */
export function layOut() {
  const place = new DOMRect(0, 0, 200, 30);
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(place);
  vi.spyOn(Element.prototype, 'getClientRects').mockReturnValue([place] as unknown as DOMRectList);
}

/** Draws a view. */
export function draw<P extends Record<string, unknown>>(app: AppState, view: Component<P>, given: P) {
  return render(InApp, { props: { app, view: view as never, given } });
}

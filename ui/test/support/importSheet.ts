/** The drawn import sheet, for the tests of what is entered and confirmed on it. */
import { screen, waitFor } from '@testing-library/svelte';
import { expect } from 'vitest';
import type { AppState } from '../../src/lib/app.svelte';
import type { Review } from '../../src/lib/bindings';
import type { Ipc } from '../../src/lib/ipc';
import ImportSheet from '../../src/views/import/ImportSheet.svelte';
import { planning } from './importing';
import { draw, stateOf } from './page';

/** Draws the sheet with some files in, on a page that has environments or not. */
export async function open(list: Review[], change: Partial<Ipc> = {}, scene = 'users', empty = false): Promise<AppState> {
  const app = await stateOf(scene, list.length > 0 ? { importPlan: planning(list), ...change } : change);
  draw(app, ImportSheet, {});
  app.reviews.receive({ reviews: list, problem: null });
  if (empty) await screen.findByTestId('import-form');
  else await screen.findAllByTestId('review');
  // What is asked for comes with the core's plan.
  const planned = list.filter((review) => review.facts !== null).length;
  await waitFor(() => expect(screen.queryAllByTestId(/^import-(name|kin)$/).length).toBe(planned));
  return app;
}

/** The command palette: what it finds, and how it is used with the keyboard. */
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { ipc, replaceIpc } from '../src/lib/ipc';
import { strings } from '../src/lib/strings';

/** Opens the palette over a scene once its service users are there. */
async function open(scene: string): Promise<HTMLInputElement> {
  replaceIpc(fakeCore(scene));
  render(App);
  await userEvent.click(await screen.findByTestId('open-palette'));
  const field = await screen.findByTestId<HTMLInputElement>('palette-field');
  await waitFor(() => expect(labels()[0]).toContain(strings.shell.list.copyTokenOf('')));
  return field;
}

const items = () => screen.queryAllByTestId('palette-item');
const labels = () => items().map((item) => item.querySelector('.label')!.textContent);
const chosen = () => items().findIndex((item) => item.getAttribute('aria-selected') === 'true');

async function type(field: HTMLInputElement, text: string) {
  await fireEvent.input(field, { target: { value: text } });
  // bits-ui moves to the first item in the next tick.
  await tick();
}

describe('the palette', () => {
  it('finds every entry by its label', async () => {
    const field = await open('users');
    const users = await ipc.serviceUsers(null);
    const written = users.flatMap(({ name, credentialKind }) => [
      strings.shell.palette.open(name),
      ...(credentialKind === 'application-key' ? [] : [strings.shell.list.copyTokenOf(name)]),
    ]);
    const environments = (await ipc.environments()).map(({ environment }) => environment.name);
    const all = [...new Set([...labels(), ...written, ...environments])];
    expect(all.length).toBeGreaterThan(40);
    for (const label of all) {
      await type(field, label!);
      expect(labels()[0], label!).toBe(label);
    }
  });

  it.each([
    ['copy tokne of depl', 'Copy token for deploy-bot'],
    ['tokens of nobody', null],
    ['deplyo', 'deploy-bot'],
    ['stag kafka copy', 'kafka-mirror'],
    ['clipbord inspect', strings.shell.palette.inspectClipboard],
    ['expiry', strings.shell.rail.radar],
  ])('finds %j: %s', async (query, expected) => {
    const field = await open('users');
    await type(field, query);
    if (expected === null) expect(labels()).toEqual([]);
    else expect(labels()[0]).toContain(expected);
  });

  it('moves with the arrow keys, around its ends, and tells screen readers where it is', async () => {
    const field = await open('users');
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(chosen()).toBe(0);
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(chosen()).toBe(2);
    expect(field.getAttribute('aria-activedescendant')).toBe(items()[2]!.id);
    await userEvent.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}');
    await waitFor(() => expect(chosen()).toBe(items().length - 1));
    await type(field, 'zoom');
    await waitFor(() => expect(chosen()).toBe(0));
    expect(document.getElementById(field.getAttribute('aria-activedescendant')!)).toBe(items()[0]);
  });

  it('leaves Home and End to the text', async () => {
    const field = await open('users');
    await waitFor(() => expect(document.activeElement).toBe(field));
    await userEvent.keyboard('zoom{Home}x');
    expect(field.value).toBe('xzoom');
  });

  it('closes with Escape and gives the focus back', async () => {
    await open('users');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('open-palette')));
  });

  it('draws few of ten thousand service users and finds any of them', async () => {
    const field = await open('many');
    const users = await ipc.serviceUsers(null);
    expect(users.length).toBeGreaterThan(10_000);
    for (const query of ['o', 'copy', users.at(-1)!.userId.slice(0, 3)]) {
      await type(field, query);
      expect(items(), query).toHaveLength(40);
    }
    await type(field, users.at(-1)!.userId);
    expect(labels()).toContain(strings.shell.palette.open(users.at(-1)!.name));
  });
});

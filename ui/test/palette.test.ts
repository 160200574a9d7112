/** The command palette: what it finds, and how it is used with the keyboard. */
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { ipc, replaceIpc } from '../src/lib/ipc';
import { strings } from '../src/lib/strings';
import type { Command } from '../src/views/commands/command';
import { environmentCommands } from '../src/views/commands/environment';
import { globalCommands } from '../src/views/commands/global';
import { allUserCommands } from '../src/views/commands/users';
import { stateOf } from './support/page';

/** Opens the palette over a scene once its service users are there. */
async function open(scene: string, place: string | null = null): Promise<HTMLInputElement> {
  replaceIpc(fakeCore(scene));
  render(App);
  if (place) await userEvent.click(await screen.findByTestId(place));
  return again();
}

async function again(): Promise<HTMLInputElement> {
  // A dialog that has just closed covers the page for another moment.
  await waitFor(() => expect(getComputedStyle(document.body).pointerEvents).not.toBe('none'));
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
  it.each([
    ['a fresh start', null],
    ['the settings', 'rail-settings'],
    ['the list of all', 'rail-all'],
  ])('finds every command of every service user and environment by its label, from %s', async (_, place) => {
    const field = await open('users', place);
    const app = await stateOf('users');
    const users = await ipc.serviceUsers(null);
    const whole = ({ label, whole = label }: Command) => whole;
    const all = new Set([
      ...labels(),
      ...globalCommands(app).map(whole),
      ...users.flatMap((user) => [strings.shell.palette.open(user.name), ...allUserCommands(app, user).map(whole)]),
      ...app.environments.list.flatMap(({ environment }) => [environment.name, ...environmentCommands(app, environment).map(whole)]),
    ]);
    expect(all.size).toBeGreaterThan(500);
    for (const label of all) {
      await type(field, label!);
      expect(labels()[0], label!).toBe(label);
    }
  });

  it('runs a command of a service user that no list shows', async () => {
    const field = await open('users', 'rail-settings');
    await type(field, 'edit kafka-mirror');
    await userEvent.keyboard('{Enter}');
    await userEvent.type(await screen.findByTestId('edit-tags'), ' found');
    await userEvent.click(screen.getByTestId('save-user'));
    await waitFor(async () => expect((await ipc.serviceUsers(null)).find(({ name }) => name === 'kafka-mirror')!.tags).toContain('found'));
    const favourites = async () => (await ipc.serviceUsers(null)).filter(({ name, favourite }) => name === 'kafka-mirror' && favourite).length;
    const before = await favourites();
    await type(await again(), 'add to favourites kafka-mirror');
    await userEvent.keyboard('{Enter}');
    await waitFor(async () => expect(await favourites()).toBe(before + 1));
    await type(await again(), 'set expiry kafka-mirror');
    await userEvent.keyboard('{Enter}');
    await screen.findByTestId('set-expiry-dialog');
  });

  it('shows keys for what they act on, the service user that is shown', async () => {
    const field = await open('users', 'rail-all');
    await type(field, 'mint new token');
    expect(items().map((item) => item.querySelector('kbd')).filter(Boolean)).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
    await fireEvent.click((await screen.findAllByTestId('row'))[3]!);
    await screen.findByTestId('detail-title');
    await type(await again(), 'mint new token');
    expect(items().map((item) => item.querySelector('kbd') !== null)).toEqual(items().map((_, at) => at === 0));
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

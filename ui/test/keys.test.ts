/** The window's keys as they are pressed: what each does, and that none acts behind the lock. */
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { ipc, replaceIpc, type Ipc } from '../src/lib/ipc';
import { UNDO_FOR } from '../src/lib/removal.svelte';

beforeEach(() => {
  // jsdom lays nothing out; the virtual list needs a height to draw rows into.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
});

/** Opens the page on a service user of staging, whose row has the keyboard. */
async function open(name = 'deploy-bot', change: Partial<Ipc> = {}) {
  replaceIpc({ ...fakeCore('users'), ...change });
  render(App);
  const environments = await screen.findAllByTestId('rail-env');
  await userEvent.click(environments.find((each) => each.textContent?.includes('Staging'))!);
  const row = await rowOf(name);
  await userEvent.click(row);
  await waitFor(() => expect(screen.getByTestId('detail-title').textContent).toBe(name));
  row.focus();
  return row;
}

const rowOf = async (name: string) => (await screen.findAllByTestId('row')).find((each) => each.querySelector('.name')?.textContent === name)!;

/** Presses a key with Ctrl, and with Shift if it says so. */
const ctrl = (key: string, shift = false) => userEvent.keyboard(`{Control>}${shift ? '{Shift>}' : ''}${key}${shift ? '{/Shift}' : ''}{/Control}`);

const title = () => document.querySelector('.list h1')?.textContent;

describe('a key', () => {
  it.each([
    ['Ctrl+O chooses files', 'o', 'chooseKeyFiles'],
    ['Ctrl+V pastes', 'v', 'paste'],
    ['Ctrl+M mints', 'm', 'mint'],
    ['Ctrl+Q quits', 'q', 'quit'],
  ] as [string, string, keyof Ipc][])('%s', async (_, key, command) => {
    await open();
    const asked = vi.spyOn(ipc, command);
    await ctrl(key);
    await waitFor(() => expect(asked).toHaveBeenCalledOnce());
  });

  it.each([
    ['Ctrl+C', 'c', false, 'token'],
    ['Ctrl+Shift+C', 'c', true, 'header'],
    ['Ctrl+Shift+L', 'l', true, 'curl'],
  ])('%s copies', async (_, key, shift, form) => {
    await open();
    const copied = vi.spyOn(ipc, 'copyToken');
    await ctrl(key, shift);
    await waitFor(() => expect(copied).toHaveBeenCalledExactlyOnceWith(expect.any(String), form, expect.anything()));
  });

  it.each([
    ['Ctrl+N adds an environment', () => ctrl('n'), 'env-editor'],
    ['Ctrl+I opens the Inspector', () => ctrl('i'), 'inspector-text'],
    ['Ctrl+, opens the settings', () => ctrl(','), 'show-profiles'],
    ['F2 edits the service user', () => userEvent.keyboard('{F2}'), 'edit-user'],
    ['Delete asks to remove it', () => userEvent.keyboard('{Delete}'), 'confirm-forget-user'],
    ['Ctrl+A selects all', () => ctrl('a'), 'selection'],
    ['Shift+Down selects more', () => userEvent.keyboard('{Shift>}{ArrowDown}{/Shift}'), 'selection'],
  ])('%s', async (_, press, shown) => {
    await open();
    await press();
    expect(await screen.findByTestId(shown)).toBeTruthy();
  });

  it('goes to the environment in its place', async () => {
    await open();
    const names = (await ipc.environments()).map(({ environment }) => environment.name);
    for (const [at, name] of names.entries()) {
      await ctrl(String(at + 1));
      await waitFor(() => expect(title()).toBe(name));
    }
    await ctrl('9');
    expect(title()).toBe(names.at(-1));
  });

  it.each(['/', '{Control>}f{/Control}'])('%s goes to the search', async (key) => {
    await open();
    await userEvent.keyboard(key);
    expect(document.activeElement).toBe(screen.getByTestId('search'));
    expect(screen.getByTestId<HTMLInputElement>('search').value).toBe('');
  });
});

describe('a double click on a row', () => {
  it('copies its token', async () => {
    const row = await open();
    const copied = vi.spyOn(ipc, 'copyToken');
    await userEvent.dblClick(row);
    await waitFor(() => expect(copied).toHaveBeenCalledOnce());
  });
});

describe('a right click on a row', () => {
  it.each(['.id', '.name'])('opens its menu also on its %s', async (part) => {
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(720);
    const row = await open();
    await fireEvent.contextMenu(row.querySelector(part)!);
    expect(await screen.findByTestId('copy-user-id')).toBeTruthy();
    expect(screen.queryByTestId('copy-selection')).toBeNull();
  });
});

describe('Ctrl+Z', () => {
  it('undoes a removal, but not while something is typed', async () => {
    // The removal itself waits for as long as the test does.
    const real = globalThis.setTimeout;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms?: number) => (ms === UNDO_FOR ? undefined : real(run, ms))) as typeof setTimeout);
    await open('kafka-mirror');
    await userEvent.keyboard('{Delete}');
    await userEvent.click(await screen.findByTestId('confirm-forget-user'));
    await waitFor(() => expect(screen.getByTestId('status').textContent).toContain('Removing kafka-mirror'));
    await userEvent.click(screen.getByTestId('search'));
    await ctrl('z');
    expect(screen.getByTestId('status').textContent).toContain('Removing kafka-mirror');
    (document.activeElement as HTMLElement).blur();
    await ctrl('z');
    await waitFor(() => expect(screen.getByTestId('status').textContent).toBe('Kept kafka-mirror'));
  });
});

describe('Esc', () => {
  it.each([
    ['a row', () => rowOf('deploy-bot')],
    ['the search', async () => screen.getByTestId('search')],
    ['a button beside the list', async () => screen.getByTestId('clear-selection')],
    ['the rail', async () => screen.getByTestId('rail-all')],
  ])('clears the selection from %s', async (_, place) => {
    await open();
    await ctrl('a');
    await screen.findByTestId('selection');
    (await place()).focus();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('selection')).toBeNull());
  });

  it('that closes a dialog leaves the selection', async () => {
    await open();
    await ctrl('a');
    await userEvent.click(await screen.findByTestId('tag-selected'));
    await screen.findByTestId('tag-users');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('tag-users')).toBeNull());
    expect(screen.getByTestId('selection')).toBeTruthy();
  });
});

describe('behind the lock', () => {
  it('no key does anything', async () => {
    await open();
    await userEvent.click(screen.getByTestId('lock-now'));
    await waitFor(() => expect(screen.getByTestId('unlock-mintage')).toBe(document.activeElement));
    const commands: (keyof Ipc)[] = ['chooseKeyFiles', 'paste', 'reviewClipboard', 'mint', 'quit', 'copyToken', 'copyText', 'editServiceUser', 'forgetServiceUser', 'relocate'];
    const asked = commands.map((command) => vi.spyOn(ipc, command));
    for (const key of 'ovnikzqmc,19f') await ctrl(key);
    for (const key of 'cl') await ctrl(key, true);
    for (const key of ['{Delete}', '{F2}', '{F1}', '?', '/', 'f', '{ArrowDown}', '{Shift>}{F10}{/Shift}', '{ContextMenu}', '{Escape}']) await userEvent.keyboard(key);
    expect(asked.map((each) => each.mock.calls.length)).toEqual(asked.map(() => 0));
    expect(document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')).toBeNull();
    expect(title()).toBe('Staging');
    expect(screen.getByTestId('locked')).toBeTruthy();
  });

  it('no token is left, and nothing is said of the clipboard', async () => {
    await open();
    await ctrl('i');
    await userEvent.type(await screen.findByTestId('inspector-text'), 'eyJhbGciOiJub25lIn0.e30.');
    await userEvent.click(screen.getByTestId('inspector-two'));
    await userEvent.type(await screen.findByTestId('compare-second'), 'eyJhbGciOiJub25lIn0.e30.');
    await userEvent.click(screen.getAllByTestId('rail-env')[1]!);
    await userEvent.click((await screen.findAllByTestId('row-copy'))[0]!);
    await waitFor(() => expect(screen.getByTestId('status').textContent).toContain('clipboard clears in'));
    await userEvent.click(screen.getByTestId('lock-now'));
    await screen.findByTestId('locked');
    await waitFor(() => expect(screen.getByTestId('status').textContent).toBe(''));
    await userEvent.click(screen.getByTestId('unlock-mintage'));
    await waitFor(() => expect(screen.queryByTestId('locked')).toBeNull());
    await ctrl('i');
    await waitFor(() => expect(document.querySelector('textarea')).not.toBeNull());
    expect([...document.querySelectorAll('textarea')].map((each) => each.value)).toEqual(['', '']);
    await userEvent.click(screen.getByTestId('inspector-one'));
    expect((await screen.findByTestId<HTMLTextAreaElement>('inspector-text')).value).toBe('');
  });
});

describe('what was exported', () => {
  it('is shown in its folder', async () => {
    await open();
    const shown = vi.spyOn(ipc, 'showExported');
    await userEvent.click(screen.getByTestId('rail-activity'));
    await userEvent.click(await screen.findByTestId('activity-export'));
    await userEvent.click(await screen.findByTestId('activity-export-csv'));
    // The menu has the pointer until it is gone.
    await waitFor(() => expect(document.body.style.pointerEvents).not.toBe('none'));
    const action = await screen.findByTestId('status-action');
    expect(action.textContent).toBe('Show in folder');
    await userEvent.click(action);
    expect(shown).toHaveBeenCalledOnce();
  });
});

/**
 * A walk over all commands, generated from their tables: each is run through the palette, as everything can be, and
 * then the keyboard has to be on something that can be seen and used.
 */
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { replaceIpc } from '../src/lib/ipc';
import type { Command } from '../src/views/commands/command';
import { environmentCommands } from '../src/views/commands/environment';
import { globalCommands } from '../src/views/commands/global';
import { allUserCommands, selectionCommands } from '../src/views/commands/users';
import { stateOf } from './support/page';

const STAGING = '00000000-0000-4000-8000-000000000002';

beforeEach(() => {
  // jsdom lays nothing out: everything has a place, and the virtual list a height.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'getClientRects').mockReturnValue([new DOMRect()] as unknown as DOMRectList);
});

/** Every command of the page while the third service user of an environment is shown, or several are selected. */
async function tables() {
  const app = await stateOf('users');
  await app.go({ kind: 'users', of: STAGING });
  const [first, second, third] = app.serviceUsers.rows;
  const environment = app.environments.of(STAGING)!.environment;
  const written = (commands: Command[]) => commands.map(({ id, label, whole = label }): [string, string] => [id, whole]);
  return {
    one: written([...allUserCommands(app, third!), ...environmentCommands(app, environment), ...globalCommands(app)]),
    several: written(selectionCommands(app, [first!, second!])),
  };
}

const { one, several } = await tables();

/** Opens the page on the third service user, whose row has the keyboard. */
async function open() {
  replaceIpc(fakeCore('users'));
  render(App);
  const all = await screen.findAllByTestId('rail-env');
  await userEvent.click(all.find((each) => each.textContent?.includes('Staging'))!);
  const rows = await screen.findAllByTestId('row');
  await userEvent.click(rows[2]!);
  await screen.findByTestId('detail-title');
  return rows;
}

async function runFromPalette(label: string) {
  await userEvent.keyboard('{Control>}k{/Control}');
  const field = await screen.findByTestId<HTMLInputElement>('palette-field');
  await waitFor(() => expect(document.activeElement).toBe(field));
  await userEvent.paste(label);
  await waitFor(() => expect(screen.getAllByTestId('palette-item')[0]!.querySelector('.label')!.textContent).toBe(label));
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
}

/** Waits until the keyboard is on a control, in the dialog on top if there is one. */
async function hasKeyboard() {
  await waitFor(() => {
    const here = document.activeElement;
    expect(here).not.toBe(document.body);
    expect(here?.matches('button, input, select, textarea, a, summary, [tabindex]')).toBe(true);
    expect(here?.matches(':disabled')).toBe(false);
    const dialog = dialogs().at(-1);
    if (dialog) expect(dialog.contains(here)).toBe(true);
  });
}

const dialogs = () => [...document.querySelectorAll('[role="dialog"], [role="alertdialog"]')];

/** Closes what a command opened, as a user does who changes their mind. */
async function backOut() {
  for (let open = dialogs().length; open > 0; open = dialogs().length) {
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(dialogs().length).toBeLessThan(open));
  }
}

describe('after every command the keyboard is somewhere sensible', () => {
  it.each(one)('%s', async (_, label) => {
    await open();
    await runFromPalette(label);
    await hasKeyboard();
    await backOut();
    await hasKeyboard();
  });

  it.each(several)('%s', async (_, label) => {
    const rows = await open();
    await userEvent.click(rows[1]!);
    const user = userEvent.setup();
    await user.keyboard('{Control>}');
    await user.click(rows[2]!);
    await user.keyboard('{/Control}');
    await screen.findByTestId('selection');
    await runFromPalette(label);
    await hasKeyboard();
    await backOut();
    await hasKeyboard();
  });
});

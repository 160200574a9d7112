/** The tables of commands: keys, menus and the sheet of shortcuts say the same, and offer only what can be done. */
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import type { AppState } from '../src/lib/app.svelte';
import { replaceIpc } from '../src/lib/ipc';
import { KEYS, written } from '../src/lib/keys';
import { strings } from '../src/lib/strings';
import { environmentCommands } from '../src/views/commands/environment';
import { globalCommands } from '../src/views/commands/global';
import { userCommands } from '../src/views/commands/users';
import { stateOf } from './support/page';

const STAGING = '00000000-0000-4000-8000-000000000002';

async function staging(): Promise<AppState> {
  const app = await stateOf('users');
  await app.go({ kind: 'users', of: STAGING });
  return app;
}

describe('the sheet of shortcuts', () => {
  it.each(['?', '{F1}'])('opens with %s and shows every key that there is', async (key) => {
    replaceIpc(fakeCore('users'));
    render(App);
    await screen.findAllByTestId('rail-env');
    await userEvent.keyboard(key);
    const sheet = await screen.findByTestId('shortcuts');
    const shown = [...sheet.querySelectorAll('kbd')].map((each) => each.textContent);
    expect(Object.values(KEYS).map((keys) => written(keys)).filter((keys) => !shown.includes(keys))).toEqual([]);
  });
});

describe('commands', () => {
  it('have keys that no other command has', async () => {
    const app = await staging();
    const { token, show, change, remove } = userCommands(app, app.serviceUsers.rows[0]!);
    const keys = [...token, ...show, ...change, remove, ...globalCommands(app)].flatMap((each) => each.keys ?? []);
    expect(keys.length).toBeGreaterThan(15);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('that remove something are marked, and no others', async () => {
    const app = await staging();
    const { token, show, change, remove } = userCommands(app, app.serviceUsers.rows[0]!);
    const all = [...token, ...show, ...change, remove, ...environmentCommands(app, app.environments.of(STAGING)!.environment), ...globalCommands(app)];
    expect(all.filter(({ danger }) => danger).map(({ id }) => id)).toEqual(['forget-user', 'forget-environment']);
  });

  it.each([
    ['has no credential', null, 0, strings.detail.importFirst],
    ['has an application key', 'application-key' as const, 1, strings.detail.importKey],
  ])('mint nothing for a service user that %s', async (_, credentialKind, credentials, offer) => {
    const app = await staging();
    const row = { ...app.serviceUsers.rows[0]!, credentialKind, credentials };
    const { token, show, change } = userCommands(app, row);
    expect(token).toEqual([]);
    expect(show.map(({ id }) => id)).not.toContain('show-claims');
    expect(change.find(({ id }) => id === 'import-another')?.label).toBe(offer);
  });
});

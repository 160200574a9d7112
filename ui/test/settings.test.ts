/** Settings and the expiry radar: what is shown, what is asked of the core, what a refusal leaves. */
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { problem } from '../src/gallery/data';
import { Failure, ipc, replaceIpc, type Ipc } from '../src/lib/ipc';
import { SettingsState } from '../src/lib/settings.svelte';
import { pressed, written } from '../src/lib/shortcut';
import type { RadarRow, TrayCopied, Wanted } from '../src/lib/bindings';
import { ageOf, expiryOf, useOf } from '../src/views/radar/when';

/** Opens the page of a scene, with some commands replaced, at one of its tools. */
async function open(tool: 'settings' | 'radar', scene = 'users', change: Partial<Ipc> = {}) {
  replaceIpc({ ...fakeCore(scene), ...change });
  const changeSettings = vi.spyOn(ipc, 'changeSettings');
  render(App);
  await userEvent.click(await screen.findByTestId(`rail-${tool}`));
  return changeSettings;
}

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
});

describe('a change of settings', () => {
  it('applies at once, and the core is told', async () => {
    const changeSettings = await open('settings');
    await userEvent.selectOptions(await screen.findByTestId('theme'), 'dark');
    expect(document.documentElement.dataset['theme']).toBe('dark');
    await userEvent.click(screen.getByTestId('setting-closeToTray'));
    await waitFor(() => expect(changeSettings).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ theme: 'dark', closeToTray: true })));
    await userEvent.selectOptions(screen.getByTestId('theme'), 'system');
    await waitFor(() => expect(document.documentElement.dataset['theme']).toBeUndefined());
  });

  it('that is refused says why beside its field and is taken back', async () => {
    const changeSettings = await open('settings');
    const field = await screen.findByTestId('setting-clipboardSeconds');
    await userEvent.clear(field);
    await userEvent.type(field, '601');
    await userEvent.tab();
    const said = await screen.findByTestId('setting-refused');
    expect(said.textContent).toContain('can’t be 601 seconds');
    expect(said.textContent).toContain('from 5 to 600 seconds');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(field.getAttribute('aria-describedby')).toContain(said.id);
    await userEvent.click(screen.getByTestId('setting-askBeforeProduction'));
    await waitFor(() => expect(changeSettings).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ clipboardSeconds: 30, askBeforeProduction: false })));
    expect([(field as HTMLInputElement).value, field.getAttribute('aria-invalid')]).toEqual(['601', 'true']);
  });

  it('of a number to no number changes nothing', async () => {
    const changeSettings = await open('settings');
    const field = await screen.findByTestId('setting-keyAgeDays');
    await userEvent.clear(field);
    await userEvent.type(field, 'soon');
    await userEvent.tab();
    await waitFor(() => expect((field as HTMLInputElement).value).toBe('365'));
    expect(changeSettings).not.toHaveBeenCalled();
  });

  it('builds on the one before, even while that is under way', async () => {
    const changeSettings = vi.fn(async () => null);
    replaceIpc({ ...fakeCore('users'), changeSettings });
    const settings = new SettingsState();
    await settings.load();
    await Promise.all([settings.change('textSize', 125), settings.change('keyAgeDays', 90)]);
    expect(changeSettings).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ textSize: 125, keyAgeDays: 90 }));
  });

  it('that is refused leaves the ones before and after', async () => {
    const settings = new SettingsState();
    const refuse = () => Promise.reject(new Failure(problem('shortcut-taken', 'taken', 'Choose another')));
    replaceIpc({ ...fakeCore('users') });
    await settings.load();
    await settings.change('textSize', 125);
    replaceIpc({ ...fakeCore('users'), changeSettings: refuse });
    expect(await settings.change('paletteShortcut', 'F9')).toBe(false);
    expect(settings.current).toMatchObject({ textSize: 125, paletteShortcut: null });
    expect(settings.problemOf('paletteShortcut')?.code).toBe('shortcut-taken');
    expect(settings.problemOf('textSize')).toBeNull();
  });
});

describe('the shortcut', () => {
  const key = (key: string, code: string, held: string[] = []) => ({
    key,
    code,
    ctrlKey: held.includes('ctrl'),
    altKey: held.includes('alt'),
    shiftKey: held.includes('shift'),
    metaKey: held.includes('meta'),
  });

  it.each([
    [key('Control', 'ControlLeft', ['ctrl']), null],
    [key('M', 'KeyM', ['ctrl', 'shift']), 'Control+Shift+KeyM'],
    [key('F9', 'F9'), 'F9'],
    [key(' ', 'Space', ['meta']), 'Super+Space'],
    [key('1', 'Digit1', ['ctrl', 'alt']), 'Control+Alt+Digit1'],
    [key('Unidentified', ''), null],
  ])('that is pressed as %o is %s', (event, expected) => expect(pressed(event)).toBe(expected));

  it.each([
    ['Control+Shift+KeyM', 'Ctrl + Shift + M'],
    ['Super+Digit1', 'Super + 1'],
    ['F9', 'F9'],
    ['Alt+ArrowUp', 'Alt + ↑'],
    ['Control+Keypad', 'Ctrl + Keypad'],
  ])('%s is written %s', (keys, expected) => expect(written(keys)).toBe(expected));

  it.each([
    ['Control+Alt+Shift+Super+KeyM', '⌃ ⌥ ⇧ ⌘ M'],
    ['Super+ArrowUp', '⌘ ↑'],
    ['F9', 'F9'],
  ])('%s is written %s on macOS', (keys, expected) => expect(written(keys, true)).toBe(expected));

  it('is set by pressing it, and a taken one says so', async () => {
    const changeSettings = await open('settings');
    const field = await screen.findByTestId('setting-paletteShortcut');
    await userEvent.click(field);
    await userEvent.keyboard('{Control>}{Shift>}m{/Shift}{/Control}');
    await waitFor(() => expect(field.textContent).toContain('Ctrl + Shift + M'));
    await userEvent.click(field);
    await userEvent.keyboard('{Control>}{Alt>}t{/Alt}{/Control}');
    expect((await screen.findByTestId('setting-refused')).dataset['code']).toBe('shortcut-taken');
    expect(field.textContent).toContain('Ctrl + Shift + M');
    await userEvent.click(screen.getByTestId('remove-shortcut'));
    await waitFor(() => expect(changeSettings).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ paletteShortcut: null })));
  });

  it('is left alone by Escape', async () => {
    const changeSettings = await open('settings');
    await userEvent.click(await screen.findByTestId('setting-paletteShortcut'));
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.getByTestId('setting-paletteShortcut').getAttribute('aria-pressed')).toBe('false'));
    expect(changeSettings).not.toHaveBeenCalled();
  });
});

describe('the keychain’s self-test', () => {
  it('reports each step', async () => {
    await open('settings');
    await userEvent.click(await screen.findByTestId('test-keychain'));
    const test = screen.getByTestId('self-test');
    await waitFor(() => expect(test.dataset['state']).toBe('sound'));
    expect(within(test).getAllByRole('listitem').map((each) => each.dataset['step'])).toEqual(['write', 'read', 'delete', 'gone']);
  });

  it('ends with the step that failed, and why', async () => {
    await open('settings', 'locked');
    await userEvent.click(await screen.findByTestId('test-keychain'));
    await waitFor(() => expect(screen.getByTestId('self-test').dataset['state']).toBe('failed'));
    expect(screen.getByTestId('problem').dataset['code']).toBe('keychain-locked');
  });
});

describe('the radar', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const row = (times: Partial<RadarRow>) => ({ importedAt: '2026-01-01T00:00:00Z', lastUsedAt: null, issuedAt: null, expiresAt: null, ...times }) as RadarRow;

  it.each([
    [expiryOf, { expiresAt: '2026-09-30T12:00:00Z' }, 'expired 53 days ago', 'danger'],
    [expiryOf, { expiresAt: '2026-11-22T12:00:00Z' }, 'expired now', 'danger'],
    [expiryOf, { expiresAt: '2026-11-23T11:00:00Z' }, 'expires in 23 h', 'warn'],
    [expiryOf, { expiresAt: '2026-11-28T12:00:00Z' }, 'expires in 6 days', 'warn'],
    [expiryOf, { expiresAt: '2026-12-06T12:00:00Z' }, 'expires in 14 days', 'plain'],
    [ageOf, { issuedAt: '2025-11-21T12:00:00Z' }, '366 days old', 'warn'],
    [ageOf, { issuedAt: '2021-03-22T12:00:00Z' }, '5 years old', 'warn'],
    [useOf, { lastUsedAt: '2026-08-24T12:00:00Z' }, 'not used for 90 days', 'plain'],
    [useOf, {}, 'never used, imported 325 days ago', 'plain'],
  ] as const)('%o of %o says %s', (of, times, text, tone) => expect(of(row(times), now)).toMatchObject({ text, tone }));

  it('leads from a row to its service user’s credentials', async () => {
    await open('radar');
    const list = await screen.findByTestId('radar-expiring');
    expect(list.textContent).toMatch(/expired \d+ days ago/);
    await userEvent.click(within(list).getAllByTestId('radar-row')[0]!);
    await waitFor(() => expect(screen.getByTestId('detail-title').textContent).toBe('data-bridge'));
    expect(screen.getByTestId('tab-credentials').getAttribute('aria-selected')).toBe('true');
  });

  it('snoozes a key, shows until when, and ends that by hand', async () => {
    await open('radar');
    const list = await screen.findByTestId('radar-expiring');
    const before = within(list).getAllByTestId('radar-row').length;
    expect(screen.queryByTestId('radar-snoozed')).toBeNull();
    await userEvent.click(within(list).getAllByTestId('radar-row-menu')[0]!);
    await userEvent.click(await screen.findByTestId('radar-snooze-14'));
    const snoozed = await screen.findByTestId('radar-snoozed');
    expect(snoozed.textContent).toContain('snoozed until');
    expect(within(screen.getByTestId('radar-expiring')).getAllByTestId('radar-row')).toHaveLength(before - 1);
    await userEvent.click(within(snoozed).getByTestId('radar-wake'));
    await waitFor(() => expect(screen.queryByTestId('radar-snoozed')).toBeNull());
  });

  it('asks the servers, and says what that led to', async () => {
    const failed = { serviceUser: 'u9', name: 'old-bot', environmentName: 'Staging', problem: problem('unreachable', 'the server couldn’t be reached', 'Try again') };
    await open('radar', 'users', { refreshExpiry: async () => ({ listed: 3, changed: 1, leftOut: [{ environment: 'e9', name: 'Live' }], failed: [failed] }) });
    await userEvent.click(await screen.findByTestId('radar-refresh'));
    const told = screen.getByTestId('radar-refreshed');
    await waitFor(() => expect(told.textContent).toContain('Asked as 3 service users; one expiry changed'));
    expect(told.textContent).toContain('Live');
    expect(screen.getByTestId('radar-refresh-failed').textContent).toContain('old-bot in Staging');
  });

  it('asks production too, after the question that it always asks', async () => {
    const leftOut = [{ environment: 'e9', name: 'Live' }];
    const refreshExpiry = vi.fn(async () => ({ listed: 3, changed: 0, leftOut: confirmProduction.mock.calls.length > 0 ? [] : leftOut, failed: [] }));
    const confirmProduction = vi.fn(async () => null);
    await open('radar', 'users', { refreshExpiry, confirmProduction });
    await userEvent.click(await screen.findByTestId('radar-refresh'));
    await userEvent.click(await screen.findByTestId('radar-refresh-production'));
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('confirm-production')).toBeNull());
    expect([refreshExpiry.mock.calls.length, confirmProduction.mock.calls.length]).toEqual([1, 0]);
    await userEvent.click(screen.getByTestId('radar-refresh-production'));
    await userEvent.click(await screen.findByTestId('confirm-production'));
    await waitFor(() => expect(screen.queryByTestId('radar-refresh-production')).toBeNull());
    expect(confirmProduction).toHaveBeenCalledExactlyOnceWith('e9');
    expect(refreshExpiry).toHaveBeenCalledTimes(2);
  });

  it('is honest where there is nothing to tell', async () => {
    const nothing = { expiring: [], old: [], unused: [], snoozed: [], foreign: [], keyAgeDays: 365, credentials: 3, withoutExpiry: 3 };
    await open('radar', 'users', { radar: async () => nothing });
    const said = (await screen.findByTestId('radar')).textContent;
    expect(said).toContain('No keys have a known expiry date.');
    expect(said).toContain('3 keys here came without an expiry date');
    expect(screen.queryAllByTestId('radar-row')).toHaveLength(0);
  });

  it('lists what servers have and Mintage doesn’t, with its age, and removes it there', async () => {
    const removeServerCredential = vi.fn(async () => null);
    await open('radar', 'users', { removeServerCredential });
    const list = await screen.findByTestId('radar-foreign');
    const { foreign } = await ipc.radar();
    const [row] = foreign;
    expect(list.textContent).toMatch(/170652811490567621.*4 years old.*listed/s);
    await userEvent.click(within(list).getByTestId('remove-foreign'));
    await userEvent.click(await screen.findByTestId('confirm-remove-server-credential'));
    await waitFor(() => expect(removeServerCredential).toHaveBeenCalledExactlyOnceWith(row!.serviceUser, null, 'private-key', row!.credential.id, null));
  });

  it('draws a few of thousands of rows until more are wanted', async () => {
    await open('radar', 'many');
    await waitFor(() => expect(screen.getByTestId('radar-old').querySelectorAll('tbody tr')).toHaveLength(50));
  });
});

describe('what comes from outside the window', () => {
  /** Opens the page and returns its event handlers. */
  async function listening(change: Partial<Ipc> = {}) {
    let wanted: (event: Wanted) => void = () => undefined;
    let trayCopied: (event: TrayCopied) => void = () => undefined;
    replaceIpc({
      ...fakeCore('users'),
      onWanted: async (handler) => ((wanted = handler), () => undefined),
      onTrayCopied: async (handler) => ((trayCopied = handler), () => undefined),
      ...change,
    });
    render(App);
    await screen.findAllByTestId('rail-env');
    return { wanted: (event: Wanted) => wanted(event), trayCopied: (event: TrayCopied) => trayCopied(event) };
  }

  it('opens the palette or the radar', async () => {
    const { wanted } = await listening();
    wanted({ what: 'palette' });
    expect(await screen.findByTestId('palette-field')).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    wanted({ what: 'radar' });
    expect(await screen.findByTestId('radar')).toBeTruthy();
  });

  it('shows what is requested while the window loads on top of it', async () => {
    const core = fakeCore('users');
    let fill: () => void = () => undefined;
    const filled = new Promise<void>((resolve) => (fill = resolve));
    const environments = async () => (await filled, (await core.environments?.()) ?? []);
    let wanted: ((event: Wanted) => void) | undefined;
    replaceIpc({ ...core, environments, onWanted: async (handler) => ((wanted = handler), () => undefined) });
    render(App);
    wanted?.({ what: 'radar' });
    fill();
    expect(await screen.findByTestId('radar')).toBeTruthy();
    await screen.findAllByTestId('rail-env');
    expect(screen.getByTestId('radar')).toBeTruthy();
  });

  it.each([
    ['a key that was missing before', { missing: 1 }, 1],
    ['a key that is missing now', { missing: 1, changed: true }, 2],
  ])('loads the rows again only where the start changed something: %s', async (_, found, times) => {
    const core = fakeCore('users');
    const serviceUsers = vi.fn(async (of: string | null) => (await core.serviceUsers?.(of)) ?? []);
    const startup = async () => {
      const told = (await core.startup?.())!;
      return { ...told, repaired: { ...told.repaired, ...found } };
    };
    replaceIpc({ ...core, serviceUsers, startup });
    render(App);
    await waitFor(() => expect(serviceUsers).toHaveBeenCalledTimes(times));
    await new Promise((done) => setTimeout(done, 100));
    expect(serviceUsers).toHaveBeenCalledTimes(times);
  });

  it('asks before a production token that was wanted in the tray, and then copies it', async () => {
    const { trayCopied } = await listening();
    const copyToken = vi.spyOn(ipc, 'copyToken');
    const [user] = await ipc.serviceUsers('00000000-0000-4000-8000-000000000003');
    trayCopied({ serviceUser: user!.id, environment: user!.environment, copied: null, problem: problem('production-unconfirmed', 'not confirmed', 'Confirm') });
    await userEvent.click(await screen.findByTestId('confirm-production'));
    await waitFor(() => expect(screen.getByTestId('status').textContent).toContain('clipboard clears in 10 s'));
    expect(copyToken).toHaveBeenCalledOnce();
    expect(screen.getByTestId('detail-title').textContent).toBe('deploy-bot');
  });

  it('explains a failure in the tray without asking the issuer again', async () => {
    const { trayCopied } = await listening();
    const copyToken = vi.spyOn(ipc, 'copyToken');
    const [user] = await ipc.serviceUsers('00000000-0000-4000-8000-000000000001');
    trayCopied({ serviceUser: user!.id, environment: user!.environment, copied: null, problem: problem('refused', 'the server refused', 'Try again') });
    expect((await screen.findByTestId('problem')).dataset['code']).toBe('refused');
    expect(copyToken).not.toHaveBeenCalled();
    const row = document.querySelector(`[data-user-id="${user!.userId}"]`)!;
    await waitFor(() => expect(row.textContent).toContain('failed'));

    const copied = await ipc.copyToken(user!.id, 'token', {});
    trayCopied({ serviceUser: user!.id, environment: user!.environment, copied, problem: null });
    await waitFor(() => expect(row.textContent).not.toContain('failed'));
    expect(screen.queryByTestId('problem')).toBeNull();
  });

  it('lets the tray follow a change of favourites', async () => {
    const refreshTray = vi.fn(async () => null);
    await listening({ refreshTray });
    await waitFor(() => expect(refreshTray).toHaveBeenCalled());
    const all = await screen.findAllByTestId('rail-env');
    await userEvent.click(all.find((each) => each.textContent?.includes('Local'))!);
    await waitFor(() => expect(screen.getAllByTestId('row').length).toBeGreaterThan(0));
    refreshTray.mockClear();
    screen.getAllByTestId('row')[2]!.focus();
    await userEvent.keyboard('f');
    await waitFor(() => expect(refreshTray).toHaveBeenCalled());
  });
});

/** The Inspector's second half and the record: named issuers, two tokens, filters; and what the window remembers. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { found, problem, serviceUsers } from '../src/gallery/data';
import { claims, compared } from '../src/gallery/inspections';
import { Clock } from '../src/lib/clock.svelte';
import { day, number, timeOfDay, titled } from '../src/lib/format';
import { Failure, replaceIpc } from '../src/lib/ipc';
import { ServiceUsers } from '../src/lib/serviceUsers.svelte';
import { Status } from '../src/lib/status.svelte';
import { STEPS, Zoom, zoomOf } from '../src/lib/zoom.svelte';
import Activity from '../src/views/Activity.svelte';
import { Navigation } from '../src/lib/navigation.svelte';
import type { EnvironmentOverview } from '../src/lib/bindings';
import Inspector from '../src/views/Inspector.svelte';
import ActivityTable from '../src/views/activity/ActivityTable.svelte';
import { Searching } from '../src/views/activity/searching.svelte';
import Differences from '../src/views/inspection/Differences.svelte';
import { Comparing } from '../src/lib/comparing.svelte';
import { Inspecting, NAMED } from '../src/lib/inspecting.svelte';
import { draw, stateOf } from './support/page';

const ISSUER = 'https://auth.acme.com';

/** Inspecting, with a token that was pasted. */
async function looking() {
  const inspecting = new Inspecting();
  inspecting.text = 'a.b.c';
  await inspecting.inspectText();
  return inspecting;
}

describe('an issuer that is named', () => {
  const inspectAt = vi.fn(async () => claims());
  beforeEach(() => {
    inspectAt.mockClear();
    replaceIpc({ inspectText: async () => ({ ...claims(), verification: null }), inspectAt });
  });

  it('is offered as the token says, and asked only once that was said', async () => {
    const inspecting = await looking();
    await inspecting.checkAgainst(NAMED);
    expect(inspecting.suggested).toBe(ISSUER);
    inspecting.issuer = ISSUER;
    expect(inspecting.suggested).toBeNull();
    await inspecting.again();
    expect(inspectAt).not.toHaveBeenCalled();
    await inspecting.checkNamed();
    expect(inspectAt).toHaveBeenCalledExactlyOnceWith({ from: 'text', text: 'a.b.c' }, { issuer: ISSUER, confirmedHosts: [] });
  });

  it('is asked again for the next token, but another one must be said anew', async () => {
    const inspecting = await looking();
    await inspecting.checkAgainst(NAMED);
    inspecting.issuer = ISSUER;
    await inspecting.checkNamed();
    inspecting.text = 'd.e.f';
    await inspecting.inspectText();
    expect(inspectAt).toHaveBeenLastCalledWith({ from: 'text', text: 'd.e.f' }, { issuer: ISSUER, confirmedHosts: [] });
    await inspecting.checkAgainst('');
    await inspecting.checkAgainst(NAMED);
    inspectAt.mockClear();
    await inspecting.again();
    expect(inspectAt).not.toHaveBeenCalled();
  });

  it('may keep its keys on a host that is confirmed, for this issuer alone', async () => {
    const inspecting = await looking();
    await inspecting.checkAgainst(NAMED);
    inspecting.issuer = ISSUER;
    await inspecting.checkNamed();
    await inspecting.confirm('keys.example.net');
    expect(inspectAt).toHaveBeenLastCalledWith(expect.anything(), { issuer: ISSUER, confirmedHosts: ['keys.example.net'] });
    inspecting.issuer = 'https://other.example';
    await inspecting.checkNamed();
    expect(inspectAt).toHaveBeenLastCalledWith(expect.anything(), { issuer: 'https://other.example', confirmedHosts: [] });
  });

  it.each([
    ['an address', 'https://a.example', 'https://a.example'],
    ['a word', 'frontier', null],
    ['a script', 'javascript:alert(1)', null],
    ['an address with more behind it', 'https://a.example b', null],
  ])('is not offered where the token calls it %s that is none', async (_, iss, expected) => {
    const token = claims();
    const payload = token.claims!.payload.map((claim) => (claim.name === 'iss' ? { ...claim, value: iss } : claim));
    replaceIpc({ inspectText: async () => ({ ...token, claims: { ...token.claims!, payload } }) });
    expect((await looking()).suggested).toBe(expected);
  });

  it('is confirmed with a button that names the host', async () => {
    const app = await stateOf('users');
    draw(app, Inspector, {});
    await userEvent.type(screen.getByTestId('inspector-text'), 'a.b.c');
    await userEvent.selectOptions(screen.getByTestId('inspector-against'), NAMED);
    await userEvent.type(screen.getByTestId('named-issuer-url'), 'https://elsewhere.example{Enter}');
    const confirm = await screen.findByTestId('confirm-key-host');
    expect(confirm.textContent).toContain('keys.example.net');
    await userEvent.click(confirm);
    expect(await screen.findByText('Verified')).toBeTruthy();
  });
});

describe('two tokens', () => {
  const compare = vi.fn(async () => compared());
  beforeEach(() => {
    compare.mockClear();
    replaceIpc({ compare });
  });

  it('are compared once both are there, from wherever they come', async () => {
    const comparing = new Comparing();
    comparing.first.text = 'a.b.c';
    await comparing.compare();
    expect(compare).not.toHaveBeenCalled();
    comparing.second.user = 'user';
    await comparing.compare();
    expect(compare).toHaveBeenCalledExactlyOnceWith({ from: 'text', text: 'a.b.c' }, { from: 'minted', serviceUser: 'user' });
    comparing.swap();
    await waitFor(() => expect(compare).toHaveBeenLastCalledWith({ from: 'minted', serviceUser: 'user' }, { from: 'text', text: 'a.b.c' }));
    comparing.clear();
    expect([comparing.found.current, comparing.first.token, comparing.second.token]).toEqual([null, null, null]);
  });

  it('show first what matters, then what passes, and fold away what is the same', async () => {
    const app = await stateOf('users');
    draw(app, Differences, { difference: compared().difference! });
    expect(screen.getByTestId('difference-summary').textContent?.trim()).toBe('1 added · 1 removed · 4 changed');
    const rows = screen.getAllByTestId('difference-row').map((row) => row.dataset['claim']);
    expect(rows).toEqual(['aud', 'urn:zitadel:iam:org:project:roles', 'client_id', 'quota', 'urn:zitadel:iam:org:id', 'kid', 'exp', 'iat', 'jti', 'iss', 'sub', 'alg']);
    expect(screen.getByTestId('difference-same').hasAttribute('open')).toBe(false);
    expect(screen.getAllByText('13 min later')).toHaveLength(2);
    const members = screen.getAllByTestId('difference-member').map((member) => [member.querySelector('.name')?.textContent, member.dataset['change']]);
    expect(members).toEqual([['221440129785921540', 'same'], ['221440129785921540', 'same'], ['221440129785921541', 'added'], ['deployer', 'changed'], ['reader', 'removed'], ['deployer', 'changed'], ['writer', 'added']]);
  });

  it('show each token’s members in its own column, and what is equal once for both', async () => {
    const app = await stateOf('users');
    draw(app, Differences, { difference: compared().difference! });
    const row = (claim: string) => screen.getAllByTestId('difference-row').find((each) => each.dataset['claim'] === claim)!.closest('tr')!;
    const [first, second] = [...row('aud').querySelectorAll('td')].slice(1);
    expect([first!.textContent, second!.textContent].map((text) => text?.includes('221440129785921541'))).toEqual([false, true]);
    const equal = [...row('sub').querySelectorAll('td')].slice(1);
    expect([equal.length, equal[0]!.colSpan, equal[0]!.textContent?.trim().startsWith('in both:')]).toEqual([1, 2, true]);
  });

  it('keep a number exact that a computer would round', async () => {
    const app = await stateOf('users');
    draw(app, Differences, { difference: compared().difference! });
    const row = screen.getAllByTestId('difference-row').find((each) => each.dataset['claim'] === 'quota')!.closest('tr')!;
    expect(within(row).getByText('9007199254740993')).toBeTruthy();
  });

  it.each([
    ['nothing at all', { header: [], payload: [] }, 'No differences'],
    ['what passes', { header: [], payload: compared().difference!.payload.filter((claim) => claim.passing) }, 'No differences except what changes in every token'],
  ])('that differ in %s are said to say the same', async (_, difference, expected) => {
    draw(await stateOf('users'), Differences, { difference });
    expect(screen.getByTestId('difference-summary').textContent?.trim()).toBe(expected);
  });

  it('begin with the one that was looked at', async () => {
    const app = await stateOf('users');
    draw(app, Inspector, {});
    await userEvent.type(screen.getByTestId('inspector-text'), 'a.b.c');
    await userEvent.click(screen.getByTestId('inspector-two'));
    expect((await screen.findByTestId('compare-first') as HTMLTextAreaElement).value).toBe('a.b.c');
  });

  it('say on which side something is not readable', async () => {
    const app = await stateOf('users', { compare: async () => ({ difference: null, before: null, after: problem('token-opaque', 'the token is opaque', 'Ask the issuer') }) });
    draw(app, Inspector, {});
    await userEvent.click(screen.getByTestId('inspector-two'));
    await userEvent.type(await screen.findByTestId('compare-first'), 'a');
    await userEvent.type(screen.getByTestId('compare-second'), 'b');
    expect(await screen.findByText('Second token: can’t be read')).toBeTruthy();
    expect(screen.getAllByTestId('problem')).toHaveLength(1);
  });
});

describe('the record', () => {
  it('is searched by everything that is set', async () => {
    const findActivity = vi.fn(async () => found({}));
    replaceIpc({ findActivity });
    const searching = new Searching();
    searching.action = 'mint';
    searching.outcome = 'failed';
    searching.text = ' clock ';
    await searching.show({ id: 'user', name: 'deploy-bot' });
    const all = { action: 'mint', environment: null, serviceUser: 'user', outcome: 'failed', text: 'clock' };
    expect(findActivity).toHaveBeenLastCalledWith(all);
    expect(searching.narrowed).toBe(true);
    await searching.clear();
    expect(findActivity).toHaveBeenLastCalledWith({ action: null, environment: null, serviceUser: null, outcome: null, text: '' });
    expect(searching.narrowed).toBe(false);
  });

  it('is narrowed to a service user by its name, and back', async () => {
    draw(await stateOf('users'), Activity, {});
    await screen.findAllByTestId('activity-entry');
    await userEvent.click(screen.getAllByRole('button', { name: 'audit-export' })[0]!);
    await waitFor(() => expect(screen.getAllByTestId('activity-entry')).toHaveLength(1));
    await userEvent.click(screen.getByTestId('activity-of'));
    await waitFor(() => expect(screen.getAllByTestId('activity-entry').length).toBeGreaterThan(1));
  });

  it('stands by days, the newest first', async () => {
    draw(await stateOf('users'), Activity, {});
    await screen.findAllByTestId('activity-entry');
    const days = [...document.querySelectorAll('th[scope="rowgroup"]')].map((head) => head.textContent);
    expect(days.length).toBeGreaterThan(1);
    expect(new Set(days).size).toBe(days.length);
  });

  it('is saved with what was found, and a cancelled dialog says nothing', async () => {
    const exportActivity = vi.fn(async (): Promise<string | null> => null);
    const app = await stateOf('users', { exportActivity });
    draw(app, Activity, {});
    await screen.findAllByTestId('activity-entry');
    await userEvent.selectOptions(screen.getByTestId('activity-outcome'), 'failed');
    await userEvent.click(screen.getByTestId('activity-export'));
    await userEvent.click(await screen.findByTestId('activity-export-csv'));
    await waitFor(() => expect(exportActivity).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ outcome: 'failed' }), 'csv'));
    expect(app.status.message).toBeNull();
    // The menu takes the pointer until it is gone.
    await waitFor(() => expect(document.body.style.pointerEvents).not.toBe('none'));
    exportActivity.mockResolvedValueOnce('record.json');
    await userEvent.click(screen.getByTestId('activity-export'));
    await userEvent.click(await screen.findByTestId('activity-export-json'));
    await waitFor(() => expect(app.status.message).toMatchObject({ text: 'Saved record.json' }));
  });
});

describe('the list to start with', () => {
  const list = (...ids: string[]) => ids.map((id) => ({ environment: { id } })) as EnvironmentOverview[];

  it('is the one shown last, as long as it is there', () => {
    localStorage.clear();
    const navigation = new Navigation();
    expect([navigation.start([]), navigation.start(list('a')), navigation.start(list('a', 'b'))]).toEqual([null, 'a', null]);
    navigation.place = { kind: 'users', of: 'b' };
    navigation.place = { kind: 'settings' };
    expect([navigation.start(list('a', 'b')), navigation.start(list('a')), navigation.start(list('a', 'c'))]).toEqual(['b', 'a', null]);
    navigation.place = { kind: 'users', of: null };
    expect(navigation.start(list('a', 'b'))).toBeNull();
  });
});

describe('what failed', () => {
  const entry = (errorCode: string | null) => ({ at: '2026-11-26T12:00:00Z', action: 'mint', environmentName: 'Staging', serviceUser: null, serviceUserName: 'bot', detail: '', errorCode });

  it.each([
    ['would-be-refused', 'the server would refuse it'],
    ['some-new-code', 'some new code'],
  ])('is said in words: %s', async (code, expected) => {
    draw(await stateOf('users'), ActivityTable, { entries: [entry(code)] as never });
    const chip = screen.getByText(expected);
    expect(chip.closest('[title]')?.getAttribute('title')).toBe(code);
    expect(screen.getByTestId('activity-entry').textContent).toContain('Minting failed');
  });
});

describe('the list', () => {
  const rows = () => serviceUsers('00000000-0000-4000-8000-000000000003', 0);
  const loaded = async () => {
    replaceIpc({ serviceUsers: async () => rows() });
    const users = new ServiceUsers();
    await users.load('x');
    return users;
  };

  it('keeps a row in its place when a token is minted, however it is sorted', async () => {
    const users = await loaded();
    users.sort = 'lastUsed';
    const before = users.rows.map((row) => row.id);
    users.noteToken(before[9]!, { expiresAt: null } as never);
    expect(users.rows.map((row) => row.id)).toEqual(before);
    expect(users.rows[9]!.token.state).toBe('valid');
  });

  it.each([
    ['another name', { name: 'aaa' }, 2],
    ['the star', { favourite: true }, 0],
  ])('moves a row by %s to where sorting all would put it', async (_, change, from) => {
    const users = await loaded();
    const row = users.rows[users.rows.length - 1]!;
    users.patch(row.id, change);
    const at = users.rows.findIndex((each) => each.id === row.id);
    expect(at).toBeGreaterThanOrEqual(from);
    const patched = users.rows.map((each) => each.id);
    users.sort = 'name';
    expect(users.rows.map((each) => each.id)).toEqual(patched);
  });

  it('sorts ten thousand rows once, not at each change', async () => {
    replaceIpc({ serviceUsers: async () => serviceUsers('00000000-0000-4000-8000-000000000003', 10_000) });
    const users = new ServiceUsers();
    await users.load('x');
    const compare = vi.spyOn(Intl.Collator.prototype, 'compare', 'get');
    users.noteToken(users.rows[5000]!.id, { expiresAt: null } as never);
    users.query = 'kafka';
    expect(users.visible.length).toBeGreaterThan(100);
    expect(compare).not.toHaveBeenCalled();
  });
});

describe('the size of the page', () => {
  it.each([
    [{ key: '+', ctrlKey: true }, 1],
    [{ key: '=', metaKey: true }, 1],
    [{ key: '-', ctrlKey: true }, -1],
    [{ key: '0', ctrlKey: true }, 0],
    [{ key: '0' }, null],
    [{ key: '+', ctrlKey: true, altKey: true }, null],
    [{ key: 'k', ctrlKey: true }, null],
  ])('is asked for by %j', (press, expected) => expect(zoomOf(new KeyboardEvent('keydown', press))).toBe(expected));

  it('goes by steps and keeps within them, however quickly the keys follow', async () => {
    const asked: number[] = [];
    const settings = { current: { textSize: 100 }, change: async (_: string, next: number) => ((settings.current.textSize = next), asked.push(next)) };
    const size = new Zoom(settings as never);
    await Promise.all(STEPS.map(() => size.change(1)));
    expect(asked).toEqual([110, 125, 150, 175, 200]);
    await Promise.all(STEPS.map(() => size.change(-1)));
    expect(settings.current.textSize).toBe(80);
    await size.change(0);
    expect(settings.current.textSize).toBe(100);
  });
});

describe('the clock', () => {
  it('stands still while the window is hidden, and is right when it comes back', () => {
    vi.useFakeTimers({ now: 0 });
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
    const clock = new Clock();
    const stop = clock.start();
    vi.advanceTimersByTime(3000);
    expect(clock.now).toBe(3000);
    hidden.mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(clock.now).toBe(3000);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    expect([clock.now, vi.getTimerCount()]).toEqual([63_000, 1]);
    stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe('the status', () => {
  it('is read out but not shown where the eye sees it already', async () => {
    replaceIpc({ copyText: async () => null });
    const status = new Status();
    expect(await status.copyText('User id', '1')).toBe(true);
    expect([status.message, status.aside]).toEqual([null, 'Copied User id']);
    const first = status.aside;
    await status.copyText('User id', '1');
    expect(status.aside).not.toBe(first);
    expect(status.aside.trim()).toBe('Copied User id');
  });

  it('shows a failure', async () => {
    replaceIpc({ copyText: () => Promise.reject(new Failure(problem('clipboard-unreachable', "couldn't access the clipboard of `Wayland`", 'Try again'))) });
    const status = new Status();
    expect(await status.copyText('User id', '1')).toBe(false);
    expect(status.message).toMatchObject({ kind: 'text', text: 'Couldn’t access the clipboard of “Wayland”', failed: true });
  });
});

describe('days and numbers', () => {
  const now = Date.parse('2026-11-26T12:00:00');
  it.each([
    ['2026-11-26T00:00:01', 'today'],
    ['2026-11-25T23:59:59', 'yesterday'],
    ['2026-11-20T08:00:00', 'Friday 20 November 2026'],
    ['soon', 'soon'],
  ])('%s', (moment, expected) => expect(day(moment, now, 'en-GB').replace(',', '')).toBe(expected));
  it('a day begins with a capital letter as a title', () => expect(titled('today')).toBe('Today'));
  it('numbers have the region’s separators', () => expect([number(1234.5, 1, 'en-US'), number(1234.5, 1, 'en-DE')]).toEqual(['1,234.5', '1.234,5']));
  it('a time of day goes to the second', () => expect(timeOfDay('2026-11-26T13:04:05', 'en-GB')).toBe('13:04:05'));
});


/** Claims, userinfo and the Inspector: what a token says is shown exactly, and a verdict is never blurred. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem, token } from '../src/gallery/data';
import { claims, userinfo } from '../src/gallery/inspections';
import { Asked } from '../src/lib/asked.svelte';
import { Failure, type Ipc } from '../src/lib/ipc';
import type { Inspection, Verification } from '../src/lib/types';
import ClaimsTab from '../src/views/detail/ClaimsTab.svelte';
import UserinfoTab from '../src/views/detail/UserinfoTab.svelte';
import Inspector from '../src/views/Inspector.svelte';
import Inspected from '../src/views/inspection/Inspected.svelte';
import { verdictOf } from '../src/views/inspection/verdict';
import { draw, stateOf } from './support/page';

const STAGING = '00000000-0000-4000-8000-000000000002';

function fail(code: string): never {
  throw new Failure(problem(code, `it is ${code}`, 'do something'));
}

function inspection(change: Partial<Inspection>): Inspection {
  return { ...claims(), ...change };
}

function verified(verdict: Verification['verdict'], why = ''): Verification {
  return { ...claims().verification!, verdict, why } as Verification;
}

describe('the last question wins', () => {
  it('whatever order the answers come in', async () => {
    const asked = new Asked<number>();
    let answerFirst: (n: number) => void = () => undefined;
    const first = asked.ask(() => new Promise((resolve) => (answerFirst = resolve)));
    expect(await asked.ask(async () => 2)).toBe(2);
    answerFirst(1);
    expect([await first, asked.current, asked.busy]).toEqual([null, 2, false]);
  });

  it('and an answer to what was cleared is dropped', async () => {
    const asked = new Asked<number>();
    const asking = asked.ask(async () => 1);
    asked.clear();
    await asking;
    expect([asked.current, asked.busy]).toEqual([null, false]);
  });

  it('and a failure takes the earlier answer away', async () => {
    const asked = new Asked<number>();
    await asked.ask(async () => 1);
    await asked.ask(async () => fail('gone'));
    expect([asked.current, asked.problem?.code]).toEqual([null, 'gone']);
  });
});

describe('a verdict', () => {
  it.each<[string, Partial<Inspection>, string, string]>([
    ['all holds', { verification: verified('valid') }, 'valid', 'ok'],
    ['the signature does not fit', { verification: verified('signatureInvalid') }, 'signatureInvalid', 'danger'],
    ['a claim fails', { verification: verified('claimsFail') }, 'claimsFail', 'danger'],
    ['it is malformed', { verification: verified('malformed', 'x') }, 'malformed', 'danger'],
    ['the key is not published', { verification: verified('cannotVerify', 'x') }, 'cannotVerify', 'warn'],
    ['no environment was named', { verification: null }, 'unchecked', 'plain'],
    ['the keys could not be had', { verification: null, unchecked: problem('unreachable', 'm', 'h') }, 'unchecked', 'plain'],
    ['it is opaque', { verification: null, claims: null, form: 'opaque' }, 'unchecked', 'plain'],
    ['it is encrypted', { verification: null, claims: null, form: 'encrypted' }, 'unchecked', 'plain'],
  ])('where %s', (_, change, verdict, tone) => expect(verdictOf(inspection(change))).toMatchObject({ verdict, tone }));

  it('of what is not checked always says why', () => {
    const kinds: Partial<Inspection>[] = [{}, { unchecked: problem('unreachable', 'm', 'h') }, { form: 'opaque' }, { form: 'encrypted' }];
    const reasons = kinds.map((kind) => verdictOf(inspection({ ...kind, verification: null })).why);
    expect(new Set(reasons).size).toBe(4);
    expect(reasons).not.toContain('');
  });
});

describe('what a token says', () => {
  async function show(change: Partial<Inspection>, onuserinfo?: () => void) {
    draw(await stateOf('users'), Inspected, { inspection: inspection(change), onuserinfo });
  }
  const row = (name: string) => {
    const head = screen.getAllByTestId('claim-row').find((each) => each.getAttribute('data-claim') === name);
    return within(head!.closest('tr')!);
  };

  it('is shown claim by claim, numbers as they came', async () => {
    const payload = [{ name: 'big', value: '90071992547409931234.50', meaning: null, time: null, entries: [] }];
    await show({ claims: { header: [], payload, headerJson: '{}', payloadJson: '{"big": 90071992547409931234.50}' } });
    expect(row('big').getByText('90071992547409931234.50')).toBeTruthy();
    expect(screen.getByTestId('claims-raw').textContent).toContain('{"big": 90071992547409931234.50}');
  });

  it('has hidden characters spelled out, in names too', async () => {
    const payload = [{ name: 'a\u200Bb', value: 'evil\u202Eexe', meaning: null, time: null, entries: [] }];
    await show({ claims: { header: [], payload, headerJson: '{}', payloadJson: '{}' } });
    const text = screen.getAllByTestId('claim-row')[0]!.closest('tr')!.textContent;
    expect(text).toContain('a\\u{200B}b');
    expect(text).toContain('evil\\u{202E}exe');
    expect(document.body.textContent).not.toMatch(/[\u200B\u202E]/);
  });

  it('never becomes markup', async () => {
    const payload = [{ name: '<img src=x>', value: '<b onclick=x>bold</b>', meaning: null, time: null, entries: [] }];
    await show({ claims: { header: [], payload, headerJson: '{}', payloadJson: '<script>1</script>' } });
    expect(document.querySelectorAll('img, b, script')).toHaveLength(0);
  });

  it('shows times as local, as UTC and from now', async () => {
    const time = new Date(Date.now() + 2 * 3_600_000 + 61_000).toISOString();
    const payload = [{ name: 'exp', value: '1', meaning: null, time, entries: [] }];
    await show({ claims: { header: [], payload, headerJson: '{}', payloadJson: '{}' } });
    expect(row('exp').getByText('in 2 h 1 min')).toBeTruthy();
    expect(row('exp').getByText(`${time.slice(0, 19).replace('T', ' ')} UTC`)).toBeTruthy();
  });

  it('shows roles as a tree', async () => {
    await show({});
    const roles = row('urn:zitadel:iam:org:project:roles');
    const reader = roles.getByText('reader').closest('li')!;
    expect([...reader.querySelectorAll('li')].map((each) => each.textContent)).toEqual(['100505859606888400 (acme.com)', '100505859606888777 (sub.acme.com)']);
  });

  it('folds a very long value', async () => {
    const payload = [{ name: 'long', value: 'x'.repeat(2000), meaning: null, time: null, entries: [] }];
    await show({ claims: { header: [], payload, headerJson: '{}', payloadJson: '{}' } });
    expect(row('long').queryByText('x'.repeat(2000))).toBeNull();
    await userEvent.click(row('long').getByText('Show all'));
    expect(row('long').getByText('x'.repeat(2000))).toBeTruthy();
  });

  it('says which checks hold, fail, or were not made', async () => {
    const checks = [
      { name: 'iss', holds: true, reason: 'issued by it' },
      { name: 'aud', holds: null, reason: 'not checked: no audience is expected here' },
      { name: 'exp', holds: false, reason: 'expired 1 h ago' },
    ];
    await show({ verification: { ...verified('claimsFail'), checks } });
    const panel = screen.getByTestId('verdict');
    expect(panel.getAttribute('data-verdict')).toBe('claimsFail');
    expect([...panel.querySelectorAll('li')].map((each) => each.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
      'Issuer holds: issued by it',
      'Audience not checked: not checked: no audience is expected here',
      'Expiry fails: expired 1 h ago',
    ]);
  });

  it('cannot be read where it is opaque, which is explained and leads to userinfo', async () => {
    const onuserinfo = vi.fn();
    await show({ form: 'opaque', claims: null, verification: null, unreadable: problem('token-opaque', 'm', 'h') }, onuserinfo);
    expect([screen.getByTestId('verdict').getAttribute('data-verdict'), screen.queryByTestId('problem')]).toEqual(['unchecked', null]);
    await userEvent.click(screen.getByTestId('claims-userinfo'));
    expect(onuserinfo).toHaveBeenCalledOnce();
  });

  it('cannot be read where it is damaged, which is a problem', async () => {
    // By its form a broken token is opaque; that it is broken is what matters.
    await show({ form: 'opaque', claims: null, verification: verified('malformed', 'x'), unreadable: problem('token-malformed', 'm', 'h') });
    expect(screen.getByTestId('problem').getAttribute('data-code')).toBe('token-malformed');
  });

  it('stands beside the reason why it was not checked', async () => {
    await show({ verification: null, unchecked: problem('unreachable', 'm', 'h') });
    expect([screen.getByTestId('verdict').getAttribute('data-verdict'), screen.getByTestId('problem').getAttribute('data-code')]).toEqual(['unchecked', 'unreachable']);
  });

  it('is copied claim by claim, hidden characters as they are', async () => {
    const copyText = vi.fn(async () => null);
    const app = await stateOf('users', { copyText });
    draw(app, Inspected, { inspection: inspection({}) });
    await userEvent.click(row('note').getByRole('button', { name: 'Copy note' }));
    expect(copyText).toHaveBeenCalledExactlyOnceWith('evil\u202Eexe.txt');
  });
});

describe('the tabs of a service user', () => {
  it.each([
    ['Claims', ClaimsTab, 'claims-mint'],
    ['Userinfo', UserinfoTab, 'userinfo-mint'],
  ])('%s without a token offers to mint one', async (_, tab, button) => {
    const onmint = vi.fn();
    const asked = vi.fn(async () => fail('never'));
    draw(await stateOf('users', { inspect: asked, userinfo: asked }), tab, { serviceUser: 'u1', token: null, onmint });
    await userEvent.click(screen.getByTestId(button));
    expect([onmint.mock.calls.length, asked.mock.calls.length]).toEqual([1, 0]);
  });

  it.each([
    ['Claims', ClaimsTab],
    ['Userinfo', UserinfoTab],
  ])('%s asks once for one token, and again for a new one', async (_, tab) => {
    const inspect = vi.fn(async () => claims());
    const userinfoCall = vi.fn(async () => userinfo());
    const asked = tab === ClaimsTab ? inspect : userinfoCall;
    const app = await stateOf('users', { inspect, userinfo: userinfoCall });
    const minted = { ...token([]), mintedAt: '2026-01-01T00:00:00Z' };
    const onmint = () => undefined;
    const page = draw(app, tab, { serviceUser: 'u1', token: minted, onmint });
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    await page.rerender({ given: { serviceUser: 'u1', token: { ...minted }, onmint } });
    expect(asked).toHaveBeenCalledTimes(1);
    await page.rerender({ given: { serviceUser: 'u1', token: { ...minted, mintedAt: '2026-01-01T00:00:09Z' }, onmint } });
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  });

  it('shows the opaque token’s way to userinfo', async () => {
    const app = await stateOf('users', { inspect: async () => inspection({ form: 'opaque', claims: null, verification: null, unreadable: problem('token-opaque', 'm', 'h') }) });
    draw(app, ClaimsTab, { serviceUser: 'u1', token: token([]), onmint: () => undefined });
    await userEvent.click(await screen.findByTestId('claims-userinfo'));
    expect(app.detail.tab).toBe('userinfo');
  });

  it.each([
    [true, 'Its subject is the token’s'],
    [null, 'Its subject could not be compared: the token or the answer names none'],
  ])('tells whether the subject matches: %s', async (subjectMatches, words) => {
    draw(await stateOf('users', { userinfo: async () => ({ ...userinfo(), subjectMatches }) }), UserinfoTab, { serviceUser: 'u1', token: token([]), onmint: () => undefined });
    expect((await screen.findByTestId('userinfo-subject')).textContent?.trim()).toBe(words);
    expect(screen.getAllByTestId('userinfo-row').map((each) => each.getAttribute('data-claim'))).toEqual(['sub', 'name', 'preferred_username', 'updated_at']);
  });

  it('explains a refused userinfo and asks again when told to', async () => {
    const answers = vi.fn(async () => (answers.mock.calls.length === 1 ? fail('subject-mismatch') : userinfo()));
    draw(await stateOf('users', { userinfo: answers }), UserinfoTab, { serviceUser: 'u1', token: token([]), onmint: () => undefined });
    expect((await screen.findByTestId('problem')).getAttribute('data-code')).toBe('subject-mismatch');
    await userEvent.click(screen.getByTestId('userinfo-fetch'));
    expect(await screen.findAllByTestId('userinfo-row')).toHaveLength(4);
  });
});

describe('the Inspector', () => {
  async function open(change: Partial<Ipc> = {}) {
    const inspectText = vi.fn(async (_text: string, _against: string | null) => claims());
    const inspectClipboard = vi.fn(async (_against: string | null) => claims());
    draw(await stateOf('users', { inspectText, inspectClipboard, ...change }), Inspector, {});
    return { inspectText, inspectClipboard };
  }
  const text = () => screen.getByTestId<HTMLTextAreaElement>('inspector-text');

  it('reads what is pasted at once, against no environment', async () => {
    const { inspectText } = await open();
    text().focus();
    await userEvent.paste('Bearer a.b.c');
    expect(inspectText).toHaveBeenCalledExactlyOnceWith('Bearer a.b.c', null);
    expect(await screen.findByTestId('verdict')).toBeTruthy();
  });

  it('checks the same token against another environment', async () => {
    const { inspectText } = await open();
    text().focus();
    await userEvent.paste('a.b.c');
    await userEvent.selectOptions(screen.getByTestId('inspector-against'), STAGING);
    expect(inspectText).toHaveBeenLastCalledWith('a.b.c', STAGING);
  });

  it('offers the environment whose issuer the token names, and asks it only then', async () => {
    const inspectText = vi.fn(async (_text: string, _against: string | null) => claims());
    const app = await stateOf('users', { inspectText });
    const known = app.environments.list[1]!;
    app.environments.list = [{ ...known, environment: { ...known.environment, issuer: 'https://auth.acme.com/' } }];
    draw(app, Inspector, {});
    text().focus();
    await userEvent.paste('a.b.c');
    expect((await screen.findByTestId('inspector-known')).textContent).toContain(`It names the issuer of ${known.environment.name}.`);
    expect(inspectText).toHaveBeenCalledExactlyOnceWith('a.b.c', null);
    await userEvent.click(screen.getByTestId('inspector-check-known'));
    expect(inspectText).toHaveBeenLastCalledWith('a.b.c', known.environment.id);
    await waitFor(() => expect(screen.queryByTestId('inspector-known')).toBeNull());
  });

  it('reads the clipboard without its text entering the page', async () => {
    const { inspectClipboard } = await open();
    await userEvent.click(screen.getByTestId('inspector-clipboard'));
    expect(await screen.findByText('Shown below: the token on the clipboard.')).toBeTruthy();
    await userEvent.selectOptions(screen.getByTestId('inspector-against'), STAGING);
    expect(inspectClipboard.mock.calls).toEqual([[null], [STAGING]]);
    expect(text().value).toBe('');
  });

  it('takes Ctrl+V outside the field as the wish to inspect the clipboard', async () => {
    const { inspectClipboard, inspectText } = await open();
    await userEvent.keyboard('{Control>}v{/Control}');
    await waitFor(() => expect(inspectClipboard).toHaveBeenCalledExactlyOnceWith(null));
    expect(inspectText).not.toHaveBeenCalled();
  });

  it('keeps what was pasted when there is no token in it', async () => {
    await open({ inspectText: async () => fail('token-not-found') });
    text().focus();
    await userEvent.paste('nothing');
    expect((await screen.findByTestId('problem')).getAttribute('data-code')).toBe('token-not-found');
    expect(text().value).toBe('nothing');
    await userEvent.click(screen.getByTestId('inspector-clear'));
    expect([text().value, screen.queryByTestId('problem')]).toEqual(['', null]);
  });

  it('shows nothing any more when the text is deleted', async () => {
    await open();
    text().focus();
    await userEvent.paste('a.b.c');
    await screen.findByTestId('verdict');
    await userEvent.clear(text());
    await waitFor(() => expect(screen.queryByTestId('verdict')).toBeNull());
  });
});

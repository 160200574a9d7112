/** Claims and userinfo: what a token says is shown exactly, and a verdict is never blurred. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem, token } from '../src/gallery/data';
import { claim, claims, userinfo } from '../src/gallery/inspections';
import { Asked } from '../src/lib/asked.svelte';
import { Failure, ipc } from '../src/lib/ipc';
import type { Check, Claim, Inspection, Verification } from '../src/lib/bindings';
import ClaimsTab from '../src/views/detail/ClaimsTab.svelte';
import UserinfoTab from '../src/views/detail/UserinfoTab.svelte';
import Inspected from '../src/views/inspection/Inspected.svelte';
import { remarksOf, serverNow } from '../src/views/inspection/remarks';
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

/** A token of this algorithm, and with these claims beside its own. */
function saying(algorithm: string, ...payload: Claim[]): Inspection {
  const own = claims().claims!;
  const kept = own.payload.filter((each) => !payload.some(({ name }) => name === each.name));
  return inspection({ verification: null, claims: { ...own, header: [claim('alg', algorithm)], payload: [...kept, ...payload] } });
}

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

  it.each<[string, string[], string]>([
    ['iss', ['exp', 'iss'], 'otherIssuer'],
    ['exp', ['nbf', 'exp'], 'expired'],
    ['nbf', ['nbf', 'aud'], 'early'],
    ['aud', ['aud'], 'failed'],
  ])('where the key is missing and claims fail is that they fail, first of all %s', (first, failing, verdict) => {
    const why = 'the issuer publishes no key with the id `abc`';
    const checks: Check[] = [{ name: 'signature', holds: null, reason: why }, ...failing.map((name) => ({ name, holds: false, reason: `no ${name}` }))];
    const shown = verdictOf(inspection({ verification: { ...verified('failsUnverified', why), checks } }));
    expect(shown).toMatchObject({ verdict, tone: 'danger' });
    expect(shown.why.startsWith(`No ${first}. `)).toBe(true);
    expect(shown.why.endsWith(`Couldn’t check its signature: ${why}`)).toBe(true);
  });

  it('of a signature that does not fit stays that, whatever else fails', () => {
    const checks = [{ name: 'signature', holds: false, reason: '' }, { name: 'iss', holds: false, reason: 'another' }];
    expect(verdictOf(inspection({ verification: { ...verified('signatureInvalid'), checks } }))).toMatchObject({ verdict: 'signatureInvalid', tone: 'danger' });
  });

  it('calls a time that is none not expired', () => {
    const token = saying('RS256', claim('exp', 'soon'));
    const checks = [{ name: 'exp', holds: false, reason: '`exp` isn’t a number' }];
    expect(verdictOf({ ...token, verification: { ...verified('failsUnverified', 'x'), checks } }).verdict).toBe('failed');
  });

  it.each([
    ['RS256', true],
    ['HS256', false],
    ['none', false],
  ])('of a token that says %s tells to choose an issuer only where one could check it', (algorithm, chooses) => {
    const shown = verdictOf(saying(algorithm));
    expect([shown.verdict, shown.why.includes('Choose an issuer'), shown.why.includes('shared secret')]).toEqual(['unchecked', chooses, algorithm === 'HS256']);
  });
});

describe('what needs no issuer to be seen', () => {
  const now = Date.parse('2026-11-27T12:00:00Z');
  const at = (name: string, time: string) => claim(name, '1', null, { time });
  const past = '2026-11-27T12:00:00Z';
  const ahead = '2026-11-27T12:00:01Z';

  it.each<[string, Inspection, ['warn' | 'danger', string][]]>([
    ['a token that is good by its own word', saying('RS256', at('exp', ahead), at('nbf', past)), []],
    ['an expired one', saying('RS256', at('exp', past), at('nbf', past)), [['danger', 'Expired on']]],
    ['one that is not valid yet', saying('RS256', at('exp', ahead), at('nbf', ahead)), [['warn', 'Not valid until']]],
    ['one without a signature', saying('none', at('exp', ahead), at('nbf', past)), [['danger', 'anyone could have written this token']]],
    ['one that hides that it has none', saying('nOnE', at('exp', past), at('nbf', past)), [['danger', 'anyone could have'], ['danger', 'Expired']]],
    ['one whose expiry the core has judged', { ...saying('RS256', at('exp', past), at('nbf', past)), verification: verified('valid') }, []],
  ])('is remarked of %s', (_, token, expected) => {
    const remarks = remarksOf(token, now);
    expect(remarks.map(({ tone }) => tone)).toEqual(expected.map(([tone]) => tone));
    expected.forEach(([, words], i) => expect(remarks[i]!.text).toContain(words));
  });

  it('stands in the panel, which still says that nothing was checked', async () => {
    draw(await stateOf('users'), Inspected, { inspection: saying('none', at('exp', '2020-01-01T00:00:00Z')) });
    const panel = screen.getByTestId('verdict');
    expect(panel.querySelector('h2')?.textContent).toBe('Not checked');
    expect(within(panel).getAllByTestId('verdict-remark').map((each) => each.classList.contains('danger'))).toEqual([true, true]);
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
      { name: 'aud', holds: null, reason: 'not checked: no audience was expected' },
      { name: 'exp', holds: false, reason: 'expired 1 h ago' },
    ];
    await show({ verification: { ...verified('claimsFail'), checks } });
    const panel = screen.getByTestId('verdict');
    expect(panel.getAttribute('data-verdict')).toBe('claimsFail');
    expect([...panel.querySelectorAll('li')].map((each) => each.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
      'Issuer passed: issued by it',
      'Audience not checked: not checked: no audience was expected',
      'Expiry failed: expired 1 h ago',
    ]);
  });

  it('cannot be read where it is opaque, which is explained and leads to userinfo', async () => {
    const onuserinfo = vi.fn();
    await show({ form: 'opaque', claims: null, verification: null, unreadable: problem('token-opaque', 'm', 'h') }, onuserinfo);
    expect([screen.getByTestId('verdict').getAttribute('data-verdict'), screen.queryByTestId('problem')]).toEqual(['unchecked', null]);
    await userEvent.click(screen.getByTestId('claims-userinfo'));
    expect(onuserinfo).toHaveBeenCalledOnce();
  });

  it.each<[string, Partial<Inspection>]>([
    ['cut off', { form: 'opaque', verification: null }],
    ['damaged within', { form: 'jwt', verification: null }],
    ['checked all the same', { form: 'opaque', verification: verified('malformed', 'x') }],
    ['to be checked without keys', { form: 'jwt', verification: null, unchecked: problem('unreachable', 'm', 'h') }],
  ])('cannot be read where it is %s, which is the one problem, and nothing is said of verifying', async (_, change) => {
    // By its form a broken token may be opaque; that it is broken is what matters.
    await show({ claims: null, unreadable: problem('token-malformed', 'm', 'h'), ...change });
    expect(screen.getAllByTestId('problem').map((each) => each.getAttribute('data-code'))).toEqual(['token-malformed']);
    expect(screen.getByText(/^It looks like a JWT/)).toBeTruthy();
    expect(screen.queryByTestId('verdict')).toBeNull();
  });

  it.each(['opaque', 'encrypted'] as const)('can be asked of the issuer where it is %s', async (form) => {
    const app = await stateOf('users');
    const onuserinfo = vi.fn();
    await app.detail.open((await ipc.serviceUsers(STAGING))[0]!.id);
    draw(app, Inspected, { inspection: inspection({ form, claims: null, verification: null, unreadable: problem(`token-${form}`, 'm', 'h') }), onuserinfo });
    await userEvent.click(screen.getByTestId('claims-userinfo'));
    expect(onuserinfo).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByTestId('claims-introspection'));
    expect(app.detail.tab).toBe('introspection');
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
    [true, 'Its subject matches the token’s'],
    [null, 'Couldn’t compare subjects: the token or the response doesn’t name one'],
  ])('tells whether the subject matches: %s', async (subjectMatches, words) => {
    draw(await stateOf('users', { userinfo: async () => ({ ...userinfo(), subjectMatches }) }), UserinfoTab, { serviceUser: 'u1', token: token([]), onmint: () => undefined });
    expect((await screen.findByTestId('userinfo-subject')).textContent?.trim()).toBe(words);
    expect(screen.getAllByTestId('userinfo-row').map((each) => each.getAttribute('data-claim'))).toEqual(['sub', 'name', 'preferred_username', 'updated_at']);
  });

  it('names both users where the answer is about another one than the service user', async () => {
    const subject = { code: 'other-subject', sentence: 'The server says this personal access token belongs to `bob` (B), not to `alice` (A)', help: 'Remove it from `alice` and import it for `bob`' };
    draw(await stateOf('users', { userinfo: async () => ({ ...userinfo(), subject }) }), UserinfoTab, { serviceUser: 'u1', token: token([]), onmint: () => undefined });
    const notice = await screen.findByTestId('subject-notice');
    expect(notice.textContent?.replace(/\s+/g, ' ').trim()).toBe('The server says this personal access token belongs to bob (B), not to alice (A). Remove it from alice and import it for bob.');
  });

  it('explains a refused userinfo and asks again when told to', async () => {
    const answers = vi.fn(async () => (answers.mock.calls.length === 1 ? fail('subject-mismatch') : userinfo()));
    draw(await stateOf('users', { userinfo: answers }), UserinfoTab, { serviceUser: 'u1', token: token([]), onmint: () => undefined });
    expect((await screen.findByTestId('problem')).getAttribute('data-code')).toBe('subject-mismatch');
    await userEvent.click(screen.getByTestId('userinfo-fetch'));
    expect(await screen.findAllByTestId('userinfo-row')).toHaveLength(4);
  });

  it.each([
    ['mint', 1, null],
    ['edit-scopes', 0, 'token'],
  ] as const)('does what a refused token’s cause says: %s', async (next, minted, tab) => {
    const causes = [{ code: 'token-expired', sentence: 'The token has expired', dated: null, help: 'Do it', next }];
    const refused = problem('refused', 'm', 'h', { causes });
    const onmint = vi.fn();
    const app = await stateOf('users', { userinfo: () => Promise.reject(new Failure(refused)) });
    const before = app.detail.tab;
    draw(app, UserinfoTab, { serviceUser: 'u1', token: token([]), onmint });
    await userEvent.click(await screen.findByTestId('problem-next'));
    expect([onmint.mock.calls.length, app.detail.tab]).toEqual([minted, tab ?? before]);
  });
});

describe('a token’s times', () => {
  it('are the server’s, so its clock tells whether they have passed', () => {
    const expires = claim('exp', '1', null, { time: '2026-11-22T12:00:00Z' });
    const now = Date.parse('2026-11-22T13:00:00Z');
    const says = (skewSeconds: number | null) => {
      const found = { ...inspection({ verification: null, skewSeconds }), claims: { ...claims().claims!, payload: [expires] } };
      return remarksOf(found, serverNow(found, now)).length;
    };
    expect([says(null), says(0), says(7200), says(-7200)]).toEqual([1, 1, 0, 1]);
  });

  it('are checked with keys whose reader is named', async () => {
    const keysReader = { serviceUser: 'deploy-bot', proof: 'selfSigned' as const };
    draw(await stateOf('users'), Inspected, { inspection: inspection({ keysReader }) });
    expect((await screen.findByTestId('verdict')).textContent).toContain('as deploy-bot, with a self-signed JWT');
  });
});

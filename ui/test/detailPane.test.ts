/** The detail pane: what each kind of credential offers there, and what it says. */
import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { problem, token } from '../src/gallery/data';
import { credentialOf, introspection, partlyGranted, rowsOfKinds, signed } from '../src/gallery/kinds';
import type { AppState } from '../src/lib/app.svelte';
import { Failure, type Ipc } from '../src/lib/ipc';
import type { ServiceUserDetail, TokenView } from '../src/lib/bindings';
import DetailPane from '../src/views/detail/DetailPane.svelte';
import { draw, stateOf, watchScrolling } from './support/page';

const STAGING = '00000000-0000-4000-8000-000000000002';
const LOCAL = '00000000-0000-4000-8000-000000000001';

const refused = (code: string) => new Failure(problem(code, `it is ${code}`, 'do something'));

describe('the detail pane', () => {
  /** Opens a service user of a scene at a tab. */
  async function open(id: string, tab: AppState['detail']['tab'], change: Partial<Ipc> = {}) {
    const app = await stateOf('kinds', change);
    await app.select(id);
    app.detail.tab = tab;
    draw(app, DetailPane, {});
    await screen.findByTestId('detail-title');
    return app;
  }
  const staging = (i: number) => `${STAGING.slice(0, 24)}2${String(i).padStart(11, '0')}`;
  const local = `${LOCAL.slice(0, 24)}1${'0'.repeat(11)}`;
  const tabs = () => screen.getAllByRole('tab').map((tab) => tab.textContent);

  it('says that an application’s key introspects, and offers nothing that mints', async () => {
    await open('k4', 'claims');
    expect((await screen.findByTestId('introspects')).textContent).toContain('It can’t mint');
    expect(tabs()).toEqual(['Token', 'Credentials', 'Activity']);
    for (const minting of ['copy-token', 'mint', 'mint-new']) expect(screen.queryByTestId(minting)).toBeNull();
  });

  it('has no scopes and no introspection where the servers know none', async () => {
    await open('k1', 'token');
    await screen.findByTestId('mint-trace');
    expect([screen.queryByTestId('scopes'), tabs().includes('Introspection')]).toEqual([null, false]);
  });

  it('takes a ready-made token from the keychain and never asks for a new one', async () => {
    await open('k3', 'token');
    expect((await screen.findByTestId('mint')).textContent).toContain('Load from the keychain');
    expect(screen.queryByTestId('mint-new')).toBeNull();
  });

  it.each<[string, string, string[]]>([
    ['k2', 'client-secret', ['9a1b2c3d-0000-4111-8222-333344445555']],
    ['k3', 'personal-token', ['9a1b2c3d-0000-4111-8222-333344445555']],
    ['k4', 'application-key', ['c0ffee00-1111-4222-8333-444455556666', '9a1b2c3d-0000-4111-8222-333344445555']],
    ['k0', 'private-key', ['q2Yt8pXkqU0nJ0m7xN4uR5c3bV1zL9sD6fG2hK8wE0A']],
  ])('shows of %s, a %s, what is public about it', async (id, kind, expected) => {
    await open(id, 'credentials');
    const card = await screen.findByTestId('credential');
    expect(card.dataset['kind']).toBe(kind);
    for (const text of expected) expect(card.textContent).toContain(text);
    const isKey = kind.endsWith('key');
    expect([within(card).queryByTestId('copy-pem') !== null, card.textContent.includes('SHA-256')]).toEqual([isKey, isKey]);
    expect(within(card).queryByTestId('sign-assertion') !== null).toBe(kind === 'private-key');
    expect(within(card).queryByTestId('try-credential') !== null).toBe(kind !== 'application-key');
  });

  it('signs an assertion, shows it without its signature, and says what it is good for', async () => {
    const copyAssertion = vi.fn(async () => signed(true));
    const shown = watchScrolling();
    await open('k0', 'credentials', { copyAssertion });
    await userEvent.click(await screen.findByTestId('sign-assertion'));
    const panel = await screen.findByTestId('signed');
    expect(panel.textContent).toContain('"kid": "c0ffee00');
    expect(panel.textContent).toContain('The clipboard will be cleared after 30 s.');
    expect(within(panel).getByTestId('signed-direct').dataset['direct']).toBe('true');
    expect(copyAssertion).toHaveBeenCalledExactlyOnceWith('k0-private-key');
    // It comes in below what was pressed, which may be out of sight.
    await waitFor(() => expect(shown.mock.contexts.at(-1)?.contains(panel)).toBe(true));
    expect(screen.getByTestId('sign-assertion').closest('footer')).toBe(screen.getByTestId('copy-pem').closest('footer'));
  });

  it('signs with each private key, the default or not', async () => {
    const copyAssertion = vi.fn(async () => signed(false));
    const [first, second] = ['old', 'new'].map((id) => ({ ...credentialOf('private-key', 'k0'), id, keyId: id }));
    const whole = { ...withToken(null), credentials: [first!, second!] };
    await open(staging(0), 'credentials', { copyAssertion, serviceUser: async () => whole });
    for (const button of await screen.findAllByTestId('sign-assertion')) await userEvent.click(button);
    await waitFor(() => expect(copyAssertion.mock.calls).toEqual([['old'], ['new']]));
  });

  it('tries a further credential, says what came of it, and leaves the default as it is', async () => {
    const [first, second] = ['old', 'new'].map((id) => ({ ...credentialOf('private-key', 'k0'), id, keyId: id, refusedAt: id === 'new' ? '2026-07-01T12:00:00Z' : null }));
    const whole = { ...withToken(null), credentials: [first!, second!] };
    whole.serviceUser = { ...whole.serviceUser, defaultCredential: 'old' };
    const tryCredential = vi.fn(async () => ({ token: token([]), userinfo: null, isDefault: false }));
    const app = await open(staging(0), 'credentials', { tryCredential, serviceUser: async () => whole });
    const [older, newer] = await screen.findAllByTestId('credential');
    expect([older!, newer!].map((card) => within(card).queryByText('refused') !== null)).toEqual([false, true]);
    await userEvent.click(within(newer!).getByTestId('try-credential'));
    expect((await within(newer!).findByTestId('tried')).textContent.trim()).toBe('Minted a token, valid for 55 min.');
    expect([tryCredential.mock.calls, within(older!).queryByTestId('tried')]).toEqual([[['new', {}, false]], null]);
    expect(app.status.message).toMatchObject({ text: 'new: Minted a token, valid for 55 min.' });
    tryCredential.mockRejectedValueOnce(new Failure(problem('clock', 'the clock is ahead', 'set it', { next: 'use-server-time' })));
    await userEvent.click(within(newer!).getByTestId('try-credential'));
    await userEvent.click(await within(newer!).findByTestId('problem-next'));
    await waitFor(() => expect(within(newer!).getByTestId('tried').dataset['tried']).toBe('minted'));
    expect(tryCredential).toHaveBeenLastCalledWith('new', { useServerTime: true }, false);
    expect(app.tokens.problem(staging(0))).toBeNull();
    app.status.dismiss();
  });

  it('has a secret entered anew where a test of it was refused, with the ids that it had', async () => {
    const refusal = new Failure(problem('refused', 'it is refused', 'import another', { next: 'import-key' }));
    const app = await open('k2', 'credentials', { tryCredential: () => Promise.reject(refusal) });
    await userEvent.click(await screen.findByTestId('try-credential'));
    await userEvent.click(await screen.findByTestId('problem-next'));
    expect(app.reviews.toEnter).toMatchObject({ kind: 'client-secret', clientId: '9a1b2c3d-0000-4111-8222-333344445555' });
  });

  it('makes, compares and removes at the server in the name of the one chosen', async () => {
    const provision = vi.fn(async () => ({ serviceUser: 'k1', credential: 'made', kind: 'private-key' as const, unchanged: false, learned: [], newServiceUser: false, replaced: 'nothing' as const }));
    const unprovision = vi.fn(async () => null);
    const app = await open('k1', 'credentials', { provision, unprovision, compareKey: async () => 'different' });
    const [key, secret] = await screen.findAllByTestId('credential');
    expect(within(secret!).queryByTestId('compare-key')).toBeNull();
    await waitFor(() => expect(screen.getByTestId<HTMLSelectElement>('provision-by').options.length).toBeGreaterThan(1));
    // Nobody was chosen yet, so that is asked for.
    for (const button of [within(key!).getByTestId('compare-key'), within(secret!).getByTestId('remove-at-server'), screen.getByTestId('create-key')]) {
      await userEvent.click(button);
      await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('provision-by')));
      screen.getByTestId('provision-by').blur();
    }
    expect(screen.queryByRole('dialog')).toBeNull();
    await userEvent.selectOptions(screen.getByTestId('provision-by'), 'k0');
    await userEvent.click(within(key!).getByTestId('compare-key'));
    expect((await within(key!).findByTestId('compared')).textContent).toContain('different key under this id');
    await userEvent.click(screen.getByTestId('create-secret'));
    await userEvent.type(await screen.findByTestId('create-title'), 'ci{Enter}');
    await waitFor(() => expect(provision).toHaveBeenCalledExactlyOnceWith({ serviceUser: 'k1', by: 'k0', kind: 'client-secret', title: 'ci' }));
    await waitFor(() => expect(screen.queryByTestId('create-at-server')).toBeNull());
    await userEvent.click(within(secret!).getByTestId('remove-at-server'));
    expect(await screen.findByText(/removes it on the server, acting as platform-admin/)).toBeTruthy();
    await userEvent.click(screen.getByTestId('confirm-remove-at-server'));
    await waitFor(() => expect(unprovision).toHaveBeenCalledExactlyOnceWith('k1-client-secret', 'k0', null));
    app.status.dismiss();
  });

  it('asks for the id of the last one that works before it is removed at the server', async () => {
    const unprovision = vi.fn(async (...[, , named]: [string, string, string | null]) => (named === null ? Promise.reject(refused('last-credential')) : null));
    const app = await open('k1', 'credentials', { unprovision: unprovision as never });
    await waitFor(() => expect(screen.getByTestId<HTMLSelectElement>('provision-by').options.length).toBeGreaterThan(1));
    await userEvent.selectOptions(screen.getByTestId('provision-by'), 'k0');
    await userEvent.click(screen.getAllByTestId('remove-at-server')[1]!);
    await userEvent.click(await screen.findByTestId('confirm-remove-at-server'));
    await userEvent.type(await screen.findByTestId('name-last-at-server'), '4711{Enter}');
    if (unprovision.mock.calls.length < 2) await userEvent.click(screen.getByTestId('confirm-remove-at-server'));
    await waitFor(() => expect(unprovision).toHaveBeenLastCalledWith('k1-client-secret', 'k0', '4711'));
    app.status.dismiss();
  });

  it('keeps the question open and says why the server did not remove', async () => {
    await open('k1', 'credentials', { unprovision: () => Promise.reject(refused('refused')) });
    await waitFor(() => expect(screen.getByTestId<HTMLSelectElement>('provision-by').options.length).toBeGreaterThan(1));
    await userEvent.selectOptions(screen.getByTestId('provision-by'), 'k0');
    await userEvent.click(screen.getAllByTestId('remove-at-server')[0]!);
    await userEvent.click(await screen.findByTestId('confirm-remove-at-server'));
    expect((await within(await screen.findByRole('dialog')).findByTestId('problem')).getAttribute('data-code')).toBe('refused');
  });

  it('offers nothing at the server where the provider has no API for it', async () => {
    await open(staging(0), 'credentials');
    await screen.findAllByTestId('credential');
    expect([screen.queryByTestId('at-server'), screen.queryByTestId('compare-key'), screen.queryByTestId('remove-at-server')]).toEqual([null, null, null]);
  });

  it('tells for each scope what became of it, with a word', async () => {
    await open(staging(0), 'token', {
      serviceUser: async () => withToken(partlyGranted(['a', 'b', 'c', 'd'])),
    });
    const outcome = await screen.findByTestId('granted');
    expect(within(outcome).getAllByRole('listitem').map((item) => `${item.querySelector('code')?.textContent} ${item.querySelector('.word')?.textContent}`)).toEqual([
      'c dropped',
      'a granted',
      'd granted',
      'b not reported by the server',
    ]);
    expect((await screen.findByTestId('also-said')).textContent).toContain('https://acme.my.salesforce.com');
  });

  it('opens the scopes once where they are to be edited, and not again for whoever comes next', async () => {
    watchScrolling();
    const app = await open(staging(0), 'token');
    app.detail.scopesWanted = true;
    await screen.findByTestId('own-scope');
    app.detail.tab = 'claims';
    await waitFor(() => expect(screen.queryByTestId('scopes')).toBeNull());
    app.detail.tab = 'token';
    await screen.findByTestId('scopes');
    expect(screen.queryByTestId('own-scope')).toBeNull();
  });

  it('says it in one line where all were granted, and names what was granted unasked', async () => {
    const app = await open(staging(0), 'token', { serviceUser: async () => withToken(token(['a', 'b'])) });
    expect((await screen.findByTestId('granted')).textContent).toBe('All 2 requested scopes were granted.');
    app.detail.data = withToken({ ...token(['a']), grantedScopes: ['a', 'extra'] });
    await waitFor(() => expect(screen.getByTestId('granted').textContent).toContain('extra granted without being requested'));
  });

  it('shows the request’s header apart from its body', async () => {
    const trace = token([]).trace;
    const request = { ...trace.request!, fields: [['Authorization', 'Bearer redacted'], ['grant_type', 'x']] as [string, string][] };
    await open(staging(0), 'token', { serviceUser: async () => withToken({ ...token([]), trace: { ...trace, request } }) });
    expect((await screen.findByTestId('request-header')).textContent).toBe('Authorization: Bearer redacted');
    expect(screen.getAllByRole('term', { hidden: true }).map((term) => term.textContent)).toContain('grant_type');
  });

  function withToken(view: TokenView | null): ServiceUserDetail {
    const row = { ...rowsOfKinds()[0]!, id: staging(0), environment: STAGING, scopes: view?.requestedScopes ?? [] };
    const environment = { id: STAGING, name: 'Staging', tier: 'staging' as const, group: null, provider: 'zitadel', issuer: 'https://auth.acme.com', demo: false, createdAt: '', endpoints: { token: null, userinfo: null, introspection: null, revocation: null, jwks: null }, audience: [], scopes: [], caCertificate: null, confirmedHosts: [], tokenHosts: [], programs: 'ask' as const, parameters: {}, expectedIssuer: null };
    return { serviceUser: row, environment, host: 'auth.acme.com', credentials: [credentialOf('private-key', row.id)], token: view };
  }

  it('introspects, explains why a token is not active, and mints again with the project’s audience', async () => {
    const introspectWithAudience = vi.fn(async () => introspection(true));
    await open(staging(0), 'introspection', { introspectWithAudience });
    const choice = await screen.findByTestId<HTMLSelectElement>('introspection-by');
    expect([...choice.options].map((option) => option.text)).toEqual(['orders-api · Application key · 221440130021003264@orders', 'gateway · Client secret · 221440130021003777@gateway']);
    await userEvent.click(screen.getByTestId('introspect'));
    const answer = await screen.findByTestId('introspected');
    expect(answer.dataset['active']).toBe('false');
    expect(within(answer).getAllByRole('listitem').map((item) => item.dataset['cause'])).toEqual(['audience-scope-missing', 'other-application', 'token-revoked']);
    expect(screen.getByTestId<HTMLInputElement>('introspection-project').value).toBe('221440129785921540');
    await userEvent.click(screen.getByTestId('mint-with-audience'));
    await waitFor(() => expect(screen.getByTestId('introspected').dataset['active']).toBe('true'));
    expect(introspectWithAudience).toHaveBeenCalledExactlyOnceWith(staging(0), 'i1', '221440129785921540');
    expect(screen.getAllByTestId('introspection-row').length).toBeGreaterThan(2);
    expect(screen.getByTestId('introspection-raw').textContent).toContain('"active": true');
  });

  it('asks for the project where it is not known', async () => {
    const introspectWithAudience = vi.fn(async () => introspection(true));
    await open(staging(0), 'introspection', { introspectWithAudience });
    await userEvent.selectOptions(await screen.findByTestId('introspection-by'), 'i2');
    await userEvent.click(screen.getByTestId('introspect'));
    await userEvent.click(await screen.findByTestId('mint-with-audience'));
    expect(screen.getByText('Enter the project id.').getAttribute('role')).toBe('alert');
    expect(document.activeElement).toBe(screen.getByTestId('introspection-project'));
    expect(introspectWithAudience).not.toHaveBeenCalled();
  });

  it('says how to get an application’s credential where there is none, and imports one', async () => {
    const app = await open(local, 'introspection');
    await userEvent.click(await screen.findByTestId('introspection-import'));
    expect([app.reviews.open, app.reviews.environment]).toEqual([true, LOCAL]);
  });

  it.each([
    [true, 'true', /The token is revoked/],
    [false, 'false', /is still active/],
    [null, 'null', /couldn’t check/],
  ])('says honestly what came of a revocation that ended it: %s', async (ended, attribute, words) => {
    // As the core does, which forgets the token unless it is seen to be active still.
    let kept: TokenView | null = token(['openid']);
    const revoke = vi.fn(async () => {
      if (ended !== false) kept = null;
      return { ended };
    });
    await open(staging(0), 'introspection', { revoke, serviceUser: async () => withToken(kept) });
    await userEvent.click(await screen.findByTestId('revoke'));
    expect(screen.getAllByText(/in practice a service user’s token can’t be revoked. Removing its key doesn’t end tokens/).length).toBeGreaterThan(0);
    expect(revoke).not.toHaveBeenCalled();
    await userEvent.click(await screen.findByTestId('confirm-revoke'));
    const said = await screen.findByTestId('revoked');
    expect([said.dataset['ended'], words.test(said.textContent)]).toEqual([attribute, true]);
    expect(revoke).toHaveBeenCalledExactlyOnceWith(staging(0), 'i1');
  });
});

/** The form behind the environment editor: what is typed becomes a draft, and a clock's skew is put in words. */
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeCore } from '../src/gallery/core';
import { environments, providers } from '../src/gallery/data';
import { replaceIpc } from '../src/lib/ipc';
import type { EnvironmentProposal, NewEnvironment, ProviderView } from '../src/lib/bindings';
import { clockWords } from '../src/views/environment/clock';
import { EnvironmentForm, wordsOf } from '../src/views/environment/form.svelte';

const staging = environments(false)[1]!.environment;
const provider = (id: string): ProviderView => providers.find((each) => each.id === id)!;
const fixed = { ...provider('zitadel'), id: 'fixed', issuerIsFixed: true, issuerExample: 'https://auth.paonia.io' };

beforeEach(() => replaceIpc(fakeCore('users')));

describe('the form', () => {
  it('makes the draft of an environment that is not changed', () => {
    const { id: _, demo: __, createdAt: ___, ...draft } = staging;
    expect(new EnvironmentForm(staging).draft()).toEqual(draft);
  });

  it('trims and splits what was typed, and sends nothing where nothing was set', async () => {
    const form = new EnvironmentForm(null);
    Object.assign(form, { provider: 'zitadel', issuer: ' https://auth.example.com ', audience: 'a\n b ', scopes: ' openid profile\n\n', ca: '  ' });
    form.endpoints.token = ' https://auth.example.com/token ';
    form.confirmHost('keys.example.net', true);
    await form.follow([]);
    expect(form.draft()).toEqual({
      name: 'auth.example.com',
      provider: 'zitadel',
      tier: 'development',
      group: null,
      issuer: 'https://auth.example.com',
      endpoints: { token: 'https://auth.example.com/token', userinfo: null, introspection: null, revocation: null, jwks: null },
      audience: ['a', 'b'],
      scopes: ['openid', 'profile'],
      caCertificate: null,
      confirmedHosts: ['keys.example.net'],
      tokenHosts: [],
      programs: 'ask',
      parameters: {},
      expectedIssuer: null,
    });
    form.expectedIssuer = ' http://localhost.frontier ';
    expect(form.draft().expectedIssuer).toBe('http://localhost.frontier');
  });

  it('forgets what was confirmed for another issuer or provider', () => {
    const form = new EnvironmentForm({ ...staging, confirmedHosts: ['keys.example.net'] });
    expect(form.confirmedHosts).toEqual(['keys.example.net']);
    const issuer = form.issuer;
    form.issuer = 'https://other.example.com';
    expect(form.draft().confirmedHosts).toEqual([]);
    form.confirmHost('a', true);
    expect(form.draft().confirmedHosts).toEqual(['a']);
    form.issuer = `${issuer}/`;
    expect(form.draft().confirmedHosts).toEqual([]);
    form.provider = 'another';
    form.confirmHost('b', true);
    expect(form.draft().confirmedHosts).toEqual(['b']);
  });

  it('takes a confirmed host back, and confirms none twice', () => {
    const form = new EnvironmentForm(null);
    form.confirmHost('a', true);
    form.confirmHost('a', true);
    form.confirmHost('b', true);
    form.confirmHost('a', false);
    expect(form.confirmedHosts).toEqual(['b']);
  });

  /** A core whose answers come when the test lets them. */
  function answering() {
    const asked: { issuer: string; answer: (proposal: Partial<EnvironmentProposal>) => void }[] = [];
    const proposeEnvironment = ({ issuer }: { issuer: string }) =>
      new Promise<EnvironmentProposal>((resolve) => asked.push({ issuer, answer: (given) => resolve({ name: '', tier: null, provider: null, plainHttp: null, sameIssuer: null, ...given }) }));
    replaceIpc({ proposeEnvironment });
    return asked;
  }

  it('takes what is proposed for the address as it is now, in whatever order the answers come', async () => {
    const asked = answering();
    const form = new EnvironmentForm(null);
    form.issuer = 'a.ex';
    void form.follow(providers);
    form.issuer = 'a.example';
    void form.follow(providers);
    let settled = false;
    const waiting = form.settled().then(() => (settled = true));
    asked[0]!.answer({ name: 'a.ex', tier: 'production', provider: 'google' });
    await Promise.resolve();
    expect([form.name, form.tier, form.provider, settled]).toEqual(['', null, '', false]);
    asked[1]!.answer({ name: 'a.example', tier: 'staging', provider: 'zitadel', plainHttp: 'http://a.example', sameIssuer: 'one' });
    await waiting;
    expect([form.name, form.tier, form.provider, form.plainHttp, form.sameIssuer]).toEqual(['a.example', 'staging', 'zitadel', 'http://a.example', 'one']);
    form.chosenTier = 'production';
    form.typedName = 'mine';
    expect([form.name, form.tier]).toEqual(['mine', 'production']);
  });

  it('asks again where the proposed provider brings its address, and keeps one that the user chose meanwhile', async () => {
    const asked = answering();
    const form = new EnvironmentForm(null);
    void form.follow([...providers, fixed]);
    asked[0]!.answer({ provider: 'fixed' });
    await expect.poll(() => asked.map(({ issuer }) => issuer)).toEqual(['', 'https://auth.paonia.io']);
    form.choose(provider('zitadel'), null);
    asked[1]!.answer({ name: 'auth.paonia.io', provider: 'google' });
    await form.settled();
    expect([form.provider, form.host]).toEqual(['zitadel', 'auth.paonia.io']);
  });

  it('keeps a name that was typed, even an empty one', () => {
    const form = new EnvironmentForm(null);
    form.issuer = 'https://a.example.com';
    form.typedName = '';
    expect(form.name).toBe('');
  });

  it.each([
    ['', fixed, null, 'https://auth.paonia.io'],
    ['https://mine.example.com', fixed, null, 'https://mine.example.com'],
    ['https://auth.paonia.io', provider('zitadel'), fixed, ''],
    ['https://mine.example.com', provider('zitadel'), fixed, 'https://mine.example.com'],
  ])('with the issuer %j and another template has the issuer %4$j', (issuer, chosen, before, expected) => {
    const form = new EnvironmentForm(null);
    form.issuer = issuer;
    form.choose(chosen, before);
    expect([form.provider, form.issuer]).toEqual([chosen.id, expected]);
  });

  it('keeps what a parameter was set to where the next provider asks for the same, trimmed, and sends no empty one', () => {
    const form = new EnvironmentForm(null);
    form.choose(provider('frontier-rest'), null);
    Object.assign(form.parameters, { orgId: ' 17 ' });
    expect(form.draft().parameters).toEqual({ orgId: '17' });
    form.choose({ ...provider('frontier-rest'), id: 'own' }, provider('frontier-rest'));
    expect(form.draft().parameters).toEqual({ orgId: '17' });
    form.parameters['orgId'] = ' ';
    expect(form.draft().parameters).toEqual({});
    form.parameters['orgId'] = '17';
    form.choose(provider('box'), provider('frontier-rest'));
    expect([form.draft().parameters, form.lacks(provider('box').parameters[0]!)]).toEqual([{}, true]);
  });

  it.each<[string, NewEnvironment, string[]]>([
    ['a provider and its issuer', { provider: 'paonia', providerFrom: 'source', issuer: 'https://auth.paonia.io', tokenEndpoint: null }, ['paonia', 'https://auth.paonia.io', '']],
    ['a provider with one issuer', { provider: 'google', providerFrom: 'source', issuer: null, tokenEndpoint: null }, ['google', 'https://accounts.google.com', '']],
    ['addresses alone', { provider: null, providerFrom: 'source', issuer: 'https://a.example/realms/b', tokenEndpoint: 'https://a.example/t' }, ['', 'https://a.example/realms/b', 'https://a.example/t']],
  ])('starts from what key files tell: %s', (_, proposal, expected) => {
    const form = new EnvironmentForm(null);
    form.propose(proposal, providers);
    expect([form.provider, form.issuer, form.endpoints.token]).toEqual(expected);
  });

  it('splits lists at spaces and lines', () => expect(wordsOf(' a b\n\nc\t')).toEqual(['a', 'b', 'c']));

  it.each<[string, (form: EnvironmentForm) => unknown, boolean]>([
    ['the issuer', (form) => (form.issuer = 'https://other.example.com'), true],
    ['an endpoint', (form) => (form.endpoints.jwks = 'https://other.example.com/jwks'), true],
    ['the certificate authority', (form) => (form.ca = 'PEM'), true],
    ['a parameter', (form) => (form.parameters['orgId'] = '17'), true],
    ['the name', (form) => (form.typedName = 'other'), false],
    ['the tier', (form) => (form.tier = 'production'), false],
    ['a confirmed host', (form) => form.confirmHost('x', true), false],
  ])('after a change of %s, a check speaks of other settings or not', (_, change, differs) => {
    const form = new EnvironmentForm(staging);
    const before = form.fingerprint();
    change(form);
    expect(form.fingerprint() !== before).toBe(differs);
  });
});

describe('a clock skew', () => {
  it.each([
    [null, 'Not reported by the server', false],
    [0.4, 'In sync with yours', false],
    [-1.9, 'In sync with yours', false],
    [74, 'Your clock is 1 min ahead of the server’s; this provider tolerates 1 s ahead', true],
    [-3, 'Your clock is 3 s behind the server’s', false],
    [-7300, 'Your clock is 2 h 2 min behind the server’s', false],
  ])('of %j s is told in words', (skew, words, tooFar) => {
    expect(clockWords(skew, { ...provider('zitadel'), clockTolerance: 1 })).toEqual({ words, tooFar });
  });

  it('within the provider’s tolerance is no trouble', () => {
    expect(clockWords(5, { ...provider('zitadel'), clockTolerance: 30 })).toEqual({ words: 'Your clock is 5 s ahead of the server’s', tooFar: false });
  });
});

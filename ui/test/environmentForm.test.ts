/** The form behind the environment editor: what is typed becomes a draft, and a clock's skew is put in words. */
import { describe, expect, it } from 'vitest';
import { environments, providers } from '../src/gallery/data';
import type { ProviderView } from '../src/lib/bindings';
import { clockWords } from '../src/views/environment/clock';
import { EnvironmentForm, hostOf, sameIssuer, wordsOf } from '../src/views/environment/form.svelte';

const staging = environments(false)[1]!.environment;
const provider = (id: string): ProviderView => providers.find((each) => each.id === id)!;
const fixed = { ...provider('zitadel'), id: 'fixed', issuerIsFixed: true, issuerExample: 'https://auth.paonia.io' };

describe('the form', () => {
  it('makes the draft of an environment that is not changed', () => {
    const { id: _, demo: __, createdAt: ___, ...draft } = staging;
    expect(new EnvironmentForm(staging).draft()).toEqual(draft);
  });

  it('trims and splits what was typed, and sends nothing where nothing was set', () => {
    const form = new EnvironmentForm(null);
    Object.assign(form, { provider: 'zitadel', issuer: ' https://auth.example.com ', audience: 'a\n b ', scopes: ' openid profile\n\n', ca: '  ' });
    form.endpoints.token = ' https://auth.example.com/token ';
    form.confirmHost('keys.example.net', true);
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

  it.each([
    ['https://auth.example.com/', 'auth.example.com'],
    ['auth.example.com', 'auth.example.com'],
    ['http://localhost:8080', 'localhost:8080'],
    ['https://', ''],
    ['  ', ''],
  ])('proposes the host of %j as the name: %j', (issuer, host) => expect(hostOf(issuer)).toBe(host));

  it.each([
    ['https://a.example', 'https://a.example', true],
    [' https://a.example/ ', 'https://a.example', true],
    ['https://a.example', 'https://a.example/b', false],
    ['https://a.example//', 'https://a.example', false],
  ])('takes %j and %j for the same issuer: %j', (one, other, same) => expect([sameIssuer(one, other), sameIssuer(other, one)]).toEqual([same, same]));

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

  it.each([
    ['a provider and its issuer', { provider: 'paonia', issuer: 'https://auth.paonia.io', tokenEndpoint: null }, ['paonia', 'https://auth.paonia.io', '']],
    ['a provider with one issuer', { provider: 'google', issuer: null, tokenEndpoint: null }, ['google', 'https://accounts.google.com', '']],
    ['addresses alone', { provider: null, issuer: 'https://a.example/realms/b', tokenEndpoint: 'https://a.example/t' }, ['', 'https://a.example/realms/b', 'https://a.example/t']],
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

/** What an address suggests of an environment: its tier and its provider. */
import { describe, expect, it } from 'vitest';
import type { ProviderView } from '../src/lib/bindings';
import { guessTier, isLoopback } from '../src/lib/tier';
import { providerOf } from '../src/views/environment/form.svelte';

describe('a tier is guessed from the host', () => {
  it.each([
    ['localhost:8080', 'development'],
    ['127.0.0.1:18080', 'development'],
    ['[::1]:8080', 'development'],
    ['auth.dev.acme.com', 'development'],
    ['acme-stg.zitadel.cloud', 'staging'],
    ['auth.staging2.acme.com', 'staging'],
    ['acme-qa.eu.auth0.com', 'development'],
    ['auth.prod.acme.com', 'production'],
    ['auth.test', 'development'],
    ['zitadel-dev', 'development'],
    // A private name may be production's.
    ['auth.prod.internal', 'production'],
    ['login.live.local', 'production'],
    ['sso.production.lan', 'production'],
    ['prod.corp', 'production'],
    ['auth.prod.test', 'production'],
    ['sso.stage.lan', 'staging'],
    ['auth.dev.internal', 'development'],
    ['auth.internal', null],
    ['auth.local', null],
    ['zitadel.corp.internal', null],
    ['auth.home.arpa', null],
    ['auth', null],
    ['10.0.0.1:8080', null],
    // Two tiers are a doubt.
    ['prod-staging.acme.com', null],
    ['dev.prod.acme.com', null],
    ['pre-prod.acme.com', null],
    // Nothing says that these are not live.
    ['auth.acme.com', null],
    ['demo.acme.com', null],
    ['auth.lab.acme.com', null],
    ['login.live.com', null],
    ['test.com', null],
    ['test.co.uk', null],
    ['dev.com.au.', null],
    ['', null],
  ])('%s: %s', (host, expected) => expect(guessTier(host)).toBe(expected));
});

describe('this computer', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.0.0.1:80', true],
    ['app.localhost', true],
    ['[::1]:80', true],
    ['127.example.com', false],
    ['localhost.example.com', false],
  ])('%s: %s', (host, expected) => expect(isLoopback(host)).toBe(expected));
});

describe('a provider is found by the host', () => {
  const provider = (id: string, family: string, issuerExample: string) => ({ id, family, issuerExample }) as ProviderView;
  const self = provider('zitadel', 'Z', 'https://auth.example.com');
  const cloud = provider('zitadel-cloud', 'Z', 'https://my-instance.zitadel.cloud');
  const okta = provider('okta', '', 'https://acme.okta.com');
  const all = [cloud, self, okta];
  it.each([
    ['127.0.0.1:18080', cloud, self],
    ['127.0.0.1:18080', self, null],
    ['acme.zitadel.cloud', cloud, null],
    ['acme.okta.com', cloud, okta],
    ['auth.acme.com', cloud, null],
    ['notokta.com', cloud, null],
  ])('%s', (host, present, expected) => expect(providerOf(host, present, all)).toBe(expected));
});

/** Which tier a host's name suggests. Only a guess to start from: null where the name says nothing, so that it is asked. */
import type { Tier } from './bindings';

/** Words of host names, by tier. */
const WORDS: Record<Tier, RegExp> = {
  development: /^(local|localhost|dev|develop|development|sandbox|test|testing|qa|ci|lab|playground|demo|example)\d*$/,
  staging: /^(stg|stage|staging|uat|preprod|preproduction|preview|int|integration|acceptance)\d*$/,
  production: /^(prod|production|live)\d*$/,
};

/** Top-level names that are never public (RFC 2606, RFC 6762, RFC 8375). */
const PRIVATE = ['localhost', 'local', 'test', 'internal', 'home', 'lan', 'invalid'];

/** Guesses the tier of a host, with or without its port. */
export function guessTier(host: string): Tier | null {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (isLoopback(host)) return 'development';
  const labels = name.split('.');
  const words = labels.flatMap((label) => label.split(/[-_]/));
  // A word for staging or development outweighs one for production: `prod-staging` is not live.
  for (const tier of ['staging', 'development', 'production'] as const) {
    // The registered domain is a name, whatever its words are: `test.com`, `live.com`.
    const telling = labels.length > 2 ? words.slice(0, labels.slice(0, -2).flatMap((label) => label.split(/[-_]/)).length) : [];
    if (telling.some((word) => WORDS[tier].test(word))) return tier;
  }
  return PRIVATE.includes(labels.at(-1) ?? '') ? 'development' : null;
}

/** Whether a host is this computer (RFC 6761, RFC 5735, RFC 4291). */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(name) || name === '::1';
}

/**
 * Which tier a host's name suggests. Only a guess to start from, and null where there is any doubt, so that it is
 * asked: production that is taken for something else loses its confirmation.
 */
import type { Tier } from './bindings';

/** Words of host names, by tier. Words that a product or a team may be called (`demo`, `lab`, `ci`) say nothing. */
const WORDS: Record<Tier, RegExp> = {
  development: /^(local|localhost|dev|develop|development|sandbox|test|testing|qa)\d*$/,
  staging: /^(stg|stage|staging|uat|pre|preprod|preproduction|nonprod|preview|integration|acceptance)\d*$/,
  production: /^(prd|prod|production|live)\d*$/,
};

/** Top-level names that nobody owns (RFC 2606, RFC 6762, RFC 8375) and that networks use inside; production, too. */
const PRIVATE = ['localhost', 'local', 'localdomain', 'test', 'invalid', 'internal', 'intranet', 'private', 'corp', 'home', 'lan', 'arpa'];
/** Those of them that are for testing alone. */
const RESERVED = ['localhost', 'test', 'invalid'];
/** Second-level names under which countries' domains are registered: `acme.co.uk`. */
const SECOND_LEVEL = ['ac', 'co', 'com', 'edu', 'gov', 'ne', 'net', 'or', 'org'];

/** Guesses the tier of a host, with or without its port. */
export function guessTier(host: string): Tier | null {
  if (isLoopback(host)) return 'development';
  const labels = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '').split('.');
  const words = labels.slice(0, labels.length - namesIn(labels)).flatMap((label) => label.split(/[-_]/));
  const named = (['development', 'staging', 'production'] as const).filter((tier) => words.some((word) => WORDS[tier].test(word)));
  if (named.length > 0) return named.length === 1 ? named[0]! : null;
  return RESERVED.includes(labels.at(-1)!) ? 'development' : null;
}

/** How many labels at the end are somebody's name, whatever its words are: `test.com`, `live.co.uk`. */
function namesIn(labels: string[]): number {
  const [second = '', top = ''] = labels.slice(-2);
  if (labels.length === 1) return 0;
  if (PRIVATE.includes(top)) return 1;
  return top.length === 2 && SECOND_LEVEL.includes(second) ? 3 : 2;
}

/** Whether a host is this computer (RFC 6761, RFC 5735, RFC 4291). */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(name) || name === '::1';
}

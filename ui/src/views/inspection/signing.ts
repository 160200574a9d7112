/** By whom a token's signature could be checked, as its own header says. */
import type { Claim, Inspection } from '../../lib/bindings';

export interface Signing {
  /** With a key that the issuer publishes, with a secret that it shares, or by nobody as there is no signature. */
  by: 'key' | 'secret' | 'nobody';
  algorithm: string;
}

/** Reads from the header how a token is signed; null where it has no header to read. */
export function signingOf({ claims }: Inspection): Signing | null {
  if (!claims) return null;
  const algorithm = named(claims.header, 'alg')?.value ?? '';
  // RFC 7518 §3.6, in whatever case: a check may have been deceived by `nOnE`.
  if (algorithm.toLowerCase() === 'none') return { by: 'nobody', algorithm };
  // RFC 7518 §3.2.
  return { by: /^HS(256|384|512)$/.test(algorithm) ? 'secret' : 'key', algorithm };
}

/** One claim by its name. */
export function named(claims: readonly Claim[], name: string): Claim | null {
  return claims.find((claim) => claim.name === name) ?? null;
}

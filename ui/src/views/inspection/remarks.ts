/** What a token's own words give away, whether or not its signature was checked. */
import { dateTime, until } from '../../lib/format';
import { strings } from '../../lib/strings';
import type { Inspection } from '../../lib/bindings';
import { named, signingOf } from './signing';

export interface Remark {
  tone: 'warn' | 'danger';
  text: string;
}

/** The time by the clock that the token's own times are told by: the server's, as far as it was measured. */
export function serverNow({ skewSeconds }: Inspection, now: number): number {
  return now - (skewSeconds ?? 0) * 1000;
}

/** Remarks what needs no issuer to be seen; what the core has checked is in its checks. */
export function remarksOf(inspection: Inspection, now: number): Remark[] {
  const says = strings.inspection.remarks;
  const remarks: Remark[] = [];
  // RFC 7515 appendix A.5, RFC 8725 §3.1.
  if (signingOf(inspection)?.by === 'nobody') remarks.push({ tone: 'danger', text: says.unsecured });
  const expires = unjudged(inspection, 'exp');
  const begins = unjudged(inspection, 'nbf');
  // "On or after" its `exp` a token is no longer accepted (RFC 7519 §4.1.4).
  if (expires && (until(expires, now) ?? 1) <= 0) remarks.push({ tone: 'danger', text: says.expired(dateTime(expires)) });
  if (begins && (until(begins, now) ?? 0) > 0) remarks.push({ tone: 'warn', text: says.early(dateTime(begins)) });
  return remarks;
}

/** The time that a claim tells, unless the core has judged it. */
function unjudged({ claims, verification }: Inspection, name: string): string | null {
  const judged = verification?.checks.some((check) => check.name === name && check.holds !== null);
  return judged || !claims ? null : (named(claims.payload, name)?.time ?? null);
}

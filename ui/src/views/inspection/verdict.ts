/** What an inspection says about a token's authenticity. Verified, not checked and failed are never blurred. */
import { sentence } from '../../lib/format';
import { strings } from '../../lib/strings';
import type { Check, Inspection } from '../../lib/bindings';
import { named, signingOf } from './signing';

export type Tone = 'ok' | 'warn' | 'danger' | 'plain';

export interface Shown {
  /** One of the core's verdicts, `unchecked` where nothing was checked, or the check that failed without a signature's. */
  verdict: keyof typeof strings.inspection.verdicts;
  tone: Tone;
  /** Why, where there is a reason to tell; from the core or from here. */
  why: string;
}

/** The checks of claims, the most telling first. */
const TELLING = ['iss', 'exp', 'nbf', 'aud', 'iat'];

/** Reads the verdict of an inspection. */
export function verdictOf(inspection: Inspection): Shown {
  const says = strings.inspection.verdictSays;
  const found = inspection.verification;
  if (found) {
    switch (found.verdict) {
      case 'valid':
        return { verdict: 'valid', tone: 'ok', why: '' };
      case 'signatureInvalid':
        return { verdict: 'signatureInvalid', tone: 'danger', why: says.signatureInvalid };
      case 'claimsFail':
        return { verdict: 'claimsFail', tone: 'danger', why: says.claimsFail };
      case 'malformed':
        return { verdict: 'malformed', tone: 'danger', why: found.why };
      case 'failsUnverified':
        return failed(inspection, found.checks, found.why);
      case 'cannotVerify':
        return { verdict: 'cannotVerify', tone: 'warn', why: found.why };
    }
  }
  const unchecked = (why: string): Shown => ({ verdict: 'unchecked', tone: 'plain', why });
  if (inspection.unchecked) return unchecked(says.keysUnavailable);
  if (inspection.form === 'opaque') return unchecked(says.opaque);
  if (inspection.form === 'encrypted') return unchecked(says.encrypted);
  const signing = signingOf(inspection);
  if (signing?.by === 'nobody') return unchecked(says.asItSays);
  if (signing?.by === 'secret') return unchecked(`${says.sharedSecret(signing.algorithm)} ${says.asItSays}`);
  return unchecked(`${says.asItSays} ${says.chooseIssuer}`);
}

/** A token whose signature could not be checked, but of which a claim fails: that it is no good is certain. */
function failed({ claims }: Inspection, checks: readonly Check[], unverified: string): Shown {
  const failing = TELLING.flatMap((name) => checks.find((check) => check.name === name && check.holds === false) ?? []);
  const why = [...failing.map((check) => sentence(check.reason)), strings.inspection.verdictSays.unverified(unverified)].join(' ');
  return { verdict: headlineOf(failing[0]?.name, claims), tone: 'danger', why };
}

/** What a failed check is called. One of a time fails also where the claim tells none. */
function headlineOf(name: string | undefined, claims: Inspection['claims']): Shown['verdict'] {
  if (name === 'iss') return 'otherIssuer';
  const tellsTime = Boolean(claims && name && named(claims.payload, name)?.time);
  if (tellsTime && name === 'exp') return 'expired';
  if (tellsTime && name === 'nbf') return 'early';
  return 'failed';
}

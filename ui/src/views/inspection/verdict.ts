/** What an inspection says about a token's authenticity. Verified, not checked and failed are never blurred. */
import { strings } from '../../lib/strings';
import type { Inspection } from '../../lib/types';

export type Tone = 'ok' | 'warn' | 'danger' | 'plain';

export interface Shown {
  /** One of the core's verdicts, or `unchecked` where nothing was checked. */
  verdict: keyof typeof strings.inspection.verdicts;
  tone: Tone;
  /** Why, where there is a reason to tell; from the core or from here. */
  why: string;
}

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
      case 'cannotVerify':
        return { verdict: 'cannotVerify', tone: 'warn', why: found.why };
    }
  }
  const unchecked = (why: string): Shown => ({ verdict: 'unchecked', tone: 'plain', why });
  if (inspection.unchecked) return unchecked(says.keysUnavailable);
  if (inspection.form === 'opaque') return unchecked(says.opaque);
  if (inspection.form === 'encrypted') return unchecked(says.encrypted);
  return unchecked(says.noEnvironment);
}

/** The facts beside a service user's name: what needs attention first, then the token's life. */
import { remaining, until } from '../../lib/format';
import { periods } from '../../lib/ipc';
import { strings } from '../../lib/strings';
import type { ServiceUserRow } from '../../lib/bindings';

export interface Fact {
  tone: 'plain' | 'ok' | 'warn' | 'danger';
  text: string;
  /** What still says it where there is little room. */
  short?: string;
}

const SOON = periods.soonDays * 86_400_000;

/** Tells the facts of a row at a moment; `failed` says whether the last try to mint for it failed. */
export function factsOf(row: ServiceUserRow, now: number, failed: boolean): Fact[] {
  const facts = [keyFact(row, now), failed ? failedFact(row) : tokenFact(row, now)].filter((fact) => fact !== null);
  if (row.credentials > 1) facts.push({ tone: 'plain', text: strings.shell.list.keys(row.credentials) });
  return facts;
}

function keyFact(row: ServiceUserRow, now: number): Fact | null {
  const words = strings.shell.list;
  if (row.credentialKind === null) return { tone: 'danger', text: words.noKey };
  if (row.keyMissing) return { tone: 'danger', text: words.keyMissing };
  const left = until(row.keyExpiresAt, now);
  if (left === null || left > SOON) return null;
  return left <= 0 ? { tone: 'danger', text: words.keyExpired } : { tone: 'warn', text: words.keyExpires(left), short: words.keyExpiresShort(left) };
}

/** A key that is not there says by itself why nothing is minted with it. */
function failedFact(row: ServiceUserRow): Fact | null {
  const { failed, failedShort } = strings.shell.list;
  return row.credentialKind === null || row.keyMissing ? null : { tone: 'danger', text: failed, short: failedShort };
}

function tokenFact(row: ServiceUserRow, now: number): Fact | null {
  const words = strings.shell.list;
  const { token } = row;
  if (token.state === 'none') return null;
  if (token.state === 'expired') return { tone: 'plain', text: words.expired };
  const left = until(token.expiresAt, now);
  if (left === null) return { tone: 'ok', text: words.valid };
  return left <= 0 ? { tone: 'plain', text: words.expired } : { tone: 'ok', text: words.left(remaining(left)), short: remaining(left) };
}

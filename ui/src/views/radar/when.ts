/** What is said of a credential's times on the radar. Pure: the time is an argument. */
import { strings } from '../../lib/strings';
import type { RadarRow } from '../../lib/types';

export interface When {
  tone: 'plain' | 'warn' | 'danger';
  text: string;
  /** The moment that it is about. */
  moment: string;
}

const DAY = 86_400_000;
/** As on the marks of environments. */
const SOON = 14;

const words = strings.radar;

/** Whole days between two moments. */
function days(from: number, to: number): number {
  return Math.floor((to - from) / DAY);
}

/** When it expires or has. */
export function expiryOf(row: RadarRow, now: number): When {
  const moment = row.expiresAt ?? '';
  const at = Date.parse(moment);
  if (at <= now) return { tone: 'danger', text: words.expired(days(at, now)), moment };
  const left = days(now, at);
  return { tone: left < SOON ? 'warn' : 'plain', text: words.expires(left), moment };
}

/** How old it is. */
export function ageOf(row: RadarRow, now: number): When {
  const moment = row.issuedAt ?? '';
  return { tone: 'warn', text: words.age(days(Date.parse(moment), now)), moment };
}

/** How long it was not used. */
export function useOf(row: RadarRow, now: number): When {
  const moment = row.lastUsedAt ?? row.importedAt;
  const unused = days(Date.parse(moment), now);
  return { tone: 'plain', text: row.lastUsedAt ? words.unusedFor(unused) : words.neverUsed(unused), moment };
}

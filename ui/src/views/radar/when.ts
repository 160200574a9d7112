/** What is said of a credential's times on the radar. Pure: the time is an argument. */
import { away, span } from '../../lib/format';
import { strings } from '../../lib/strings';
import type { RadarRow } from '../../lib/types';

export interface When {
  tone: 'plain' | 'warn' | 'danger';
  text: string;
  /** The moment that it is about. */
  moment: string;
}

/** As on the marks of environments. */
const SOON = 14 * 86_400_000;

const words = strings.radar;

/** When it expires or has. */
export function expiryOf(row: RadarRow, now: number): When {
  const moment = row.expiresAt ?? '';
  const left = Date.parse(moment) - now;
  if (left <= 0) return { tone: 'danger', text: words.expired(away(left)), moment };
  return { tone: left < SOON ? 'warn' : 'plain', text: words.expires(away(left)), moment };
}

/** How old it is. */
export function ageOf(row: RadarRow, now: number): When {
  const moment = row.issuedAt ?? '';
  return { tone: 'warn', text: words.age(span(now - Date.parse(moment))), moment };
}

/** How long it was not used. */
export function useOf(row: RadarRow, now: number): When {
  const moment = row.lastUsedAt ?? row.importedAt;
  const left = Date.parse(moment) - now;
  return { tone: 'plain', text: row.lastUsedAt ? words.unusedFor(span(left)) : words.neverUsed(away(left)), moment };
}

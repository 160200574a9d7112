/** The wording of a credential's dates on the radar. Pure: the time is an argument. */
import { away, date, span } from '../../lib/format';
import { periods } from '../../lib/ipc';
import { strings } from '../../lib/strings';
import type { RadarRow } from '../../lib/bindings';

export interface When {
  tone: 'plain' | 'warn' | 'danger';
  text: string;
  /** The moment it refers to. */
  moment: string;
}

/** The same limit as for the marks on environments. */
const SOON = periods.soonDays * 86_400_000;

const words = strings.radar;

/** When it expires or expired. */
export function expiryOf(row: RadarRow, now: number): When {
  const moment = row.expiresAt ?? '';
  const left = Date.parse(moment) - now;
  if (left <= 0) return { tone: 'danger', text: words.expired(away(left)), moment };
  return { tone: left < SOON ? 'warn' : 'plain', text: words.expires(away(left)), moment };
}

/** Until when it is snoozed. */
export function snoozeOf(row: RadarRow): When {
  const moment = row.snoozedUntil ?? '';
  return { tone: 'plain', text: words.snoozedUntil(date(moment)), moment: row.expiresAt ?? moment };
}

/** How old it is. */
export function ageOf(row: RadarRow, now: number): When {
  const moment = row.issuedAt ?? '';
  return { tone: 'warn', text: words.age(span(now - Date.parse(moment))), moment };
}

/** How long it has gone unused. */
export function useOf(row: RadarRow, now: number): When {
  const moment = row.lastUsedAt ?? row.importedAt;
  const left = Date.parse(moment) - now;
  return { tone: 'plain', text: row.lastUsedAt ? words.unusedFor(span(left)) : words.neverUsed(away(left)), moment };
}

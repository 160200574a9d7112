/** How far a moment is away, as exactly as that is of use. */
import { relative, until } from '../../lib/format';
import { strings } from '../../lib/strings';

const EXACT = 2 * 86_400_000;

/** Tells near moments exactly (`in 11 h 58 min`), far ones in their largest unit (`3 years ago`). */
export function awayFrom(moment: string, now: number, locale?: string): string {
  const left = until(moment, now);
  if (left === null) return '';
  return Math.abs(left) < EXACT ? strings.inspection.away(left) : relative(moment, now, locale);
}

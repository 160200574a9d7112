/** A measured clock skew in words. */
import { strings } from '../../lib/strings';
import type { Provider } from '../../lib/types';

/** Servers tell their time in whole seconds, so less than this is no difference. */
const SAME = 2;

/** Says how the local clock stands to the server's; `skew` is local minus server, in seconds. */
export function clockWords(skew: number | null, provider: Provider | null): { words: string; tooFar: boolean } {
  const words = strings.environment;
  if (skew === null) return { words: words.clockUnknown, tooFar: false };
  if (Math.abs(skew) < SAME) return { words: words.clockSame, tooFar: false };
  if (skew < 0) return { words: words.clockBehind(-skew), tooFar: false };
  const tolerance = provider?.clockTolerance;
  const tooFar = tolerance !== undefined && skew > tolerance;
  const ahead = words.clockAhead(skew);
  return { words: tooFar ? `${ahead}; ${words.clockTolerance(tolerance)}` : ahead, tooFar };
}

/** A measured clock skew in words. */
import { strings } from '../../lib/strings';
import type { ProviderView } from '../../lib/bindings';

/** Servers report whole seconds, so a smaller difference means nothing. */
const SAME = 2;

/** Compares the local clock with the server's; `skew` is local minus server, in seconds. */
export function clockWords(skew: number | null, provider: ProviderView | null): { words: string; tooFar: boolean } {
  const words = strings.environment;
  if (skew === null) return { words: words.clockUnknown, tooFar: false };
  if (Math.abs(skew) < SAME) return { words: words.clockSame, tooFar: false };
  if (skew < 0) return { words: words.clockBehind(-skew), tooFar: false };
  const tolerance = provider?.clockTolerance;
  const tooFar = tolerance !== undefined && skew > tolerance;
  const ahead = words.clockAhead(skew);
  return { words: tooFar ? `${ahead}; ${words.clockTolerance(tolerance)}` : ahead, tooFar };
}

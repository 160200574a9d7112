/** Where a line of a text has gone to while the text was edited. */

/**
 * Finds a line of an earlier text, from 1, in what became of it: where it was, or as far below or above as lines
 * came in or went. Null once it is another one.
 */
export function movedLine(earlier: string, text: string, line: number): number | null {
  const [before, now] = [earlier.split('\n'), text.split('\n')];
  const wanted = before[line - 1];
  if (wanted === undefined) return null;
  const places = [line, line + now.length - before.length];
  return places.find((place) => now[place - 1] === wanted) ?? null;
}

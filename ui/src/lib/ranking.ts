/** Finding by words: what holds every word of a query, the closest first. */

/**
 * Keeps what holds every word, sorted by how well; at most `most`. Ties stay in their order. Texts are in
 * lower case already, as they are looked at anew with every key.
 */
export function ranked<T>(items: readonly T[], textOf: (item: T) => string, query: string, most: number): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items.slice(0, most);
  const scored: { item: T; score: number }[] = [];
  for (const item of items) {
    const score = scoreOf(textOf(item), words);
    if (score > 0) scored.push({ item, score });
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item);
}

/** 0 where a word is absent; a word that begins the text or a word of it counts for more. */
function scoreOf(text: string, words: string[]): number {
  let score = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '');
    score += at === 0 ? 4 : begins ? 3 : 1;
  }
  return score;
}

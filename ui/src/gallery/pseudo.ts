/**
 * A pseudo-locale: every string of the page in accented letters, a good third longer, in
 * brackets. What stays in plain letters was never in `strings`; what is cut would be cut in German too.
 */

const PLAIN = 'ACDEGHIKLNOPRSTUWYZacdeghiklnoprstuwyz';
const ACCENTED = 'ÀĆĎËĜĤÏĶĻŃÖÞŔŚŤÜŴŶŹàćďëĝĥïķļńöþŕśťüŵŷź';
const OPEN = '⟦';
const CLOSE = '⟧';

/** Writes one text in the pseudo-locale. */
export function pseudoText(text: string): string {
  if (!/\p{L}/u.test(text)) return text;
  const letters = [...text].map((letter) => {
    const at = PLAIN.indexOf(letter);
    return at < 0 ? letter : (ACCENTED[at] ?? letter);
  });
  // Short words grow most in translation.
  const more = Math.ceil(text.length * (text.length < 12 ? 0.5 : 0.35));
  return `${OPEN}${letters.join('')}${'·'.repeat(more)}${CLOSE}`;
}

/** Rewrites strings in place, functions and lists of them included, so that every importer sees it. */
export function pseudoLocale(words: object): void {
  const table = words as Record<string, unknown>;
  for (const [name, value] of Object.entries(table)) table[name] = pseudo(value);
}

function pseudo(value: unknown): unknown {
  if (typeof value === 'string') return pseudoText(value);
  if (typeof value === 'function') return (...given: unknown[]) => pseudo((value as (...all: unknown[]) => unknown)(...given));
  if (Array.isArray(value)) return value.map(pseudo);
  if (typeof value === 'object' && value !== null) pseudoLocale(value);
  return value;
}

/** A text without what stands in the pseudo-locale's brackets, however deep they are nested. */
export function outside(text: string): string {
  let depth = 0;
  let rest = '';
  for (const letter of text) {
    if (letter === OPEN) depth += 1;
    else if (letter === CLOSE) depth = Math.max(0, depth - 1);
    else if (depth === 0) rest += letter;
  }
  return rest;
}

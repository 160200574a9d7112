/**
 * Fuzzy search over what is displayed, scored by bits-ui. Every word of a query must fit, in any order, with at most
 * one typo. Scores are kept per word and text: thousands of items share few texts, and typing mostly extends a word.
 */
import { computeCommandScore } from 'bits-ui';

export interface Searchable {
  /** The texts displayed for it. */
  texts: readonly string[];
  /** What else finds it, such as ids and synonyms, in lower case; matched as typed. */
  keywords?: string;
}

/** A word with one typo scores above this; letters scattered over a text score below. */
const ONE_TYPO = 0.05;
const KEYWORD = 0.1;

export class Ranking {
  /** By word, how well it fits each text. */
  #scores = new Map<string, Map<string, number>>();

  /** The best matches first, at most `most`; ties and an empty query keep the given order. */
  best<T extends Searchable>(items: readonly T[], query: string, most = Infinity): T[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return items.slice(0, most);
    const scorers = words.map((word) => this.#scorer(word));
    this.#scores = new Map([...this.#scores].filter(([word]) => words.includes(word)));
    const found: { item: T; score: number }[] = [];
    for (const item of items) {
      let score = 1;
      for (const scorer of scorers) score = score && score * scorer(item);
      if (score > 0) found.push({ item, score });
    }
    return found
      .sort((a, b) => b.score - a.score)
      .slice(0, most)
      .map(({ item }) => item);
  }

  #scorer(word: string): (item: Searchable) => number {
    const known = this.#scores.get(word) ?? new Map<string, number>();
    // A text that lacks the beginning of a word lacks the word.
    const shorter = [...this.#scores].find(([other]) => other !== word && word.startsWith(other))?.[1];
    this.#scores.set(word, known);
    const scoreOf = (text: string) => {
      let score = known.get(text);
      if (score === undefined) {
        score = shorter?.get(text) === 0 ? 0 : computeCommandScore(text, word);
        known.set(text, score);
      }
      return score;
    };
    return ({ texts, keywords }) => {
      const score = Math.max(...texts.map(scoreOf));
      if (score >= ONE_TYPO) return score;
      return keywords?.includes(word) ? KEYWORD : 0;
    };
  }
}

/** Ranks a short list once. */
export const ranked = <T extends Searchable>(items: readonly T[], query: string): T[] => new Ranking().best(items, query);

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

/** What can be done with a thing, found by the words of the thing and by its own: the words around the thing's name. */
export interface Action extends Searchable {
  /** Whether it's also meant if nothing but the thing was named; others then come after everything else. */
  usual?: boolean;
}

/** A thing and its actions. Things of the same kind share one list of them. */
export interface Subject<S extends Searchable, A extends Action> {
  thing: S;
  actions: readonly A[];
}

/** An action for a thing. */
export interface Pair<S, A> {
  thing: S;
  action: A;
}

/** A word with one typo scores above this; letters scattered over a text score below. */
const ONE_TYPO = 0.05;
const KEYWORD = 0.1;
/** The weight of an action that no word of the query is about. */
const UNNAMED = 0.001;

type Scorer = (item: Searchable) => number;

export class Ranking {
  /** By word, how well it fits each text. */
  #scores = new Map<string, Map<string, number>>();

  /**
   * The best matches first, at most `most`; ties and an empty query keep the given order. Actions of subjects are
   * found by a query alone; of two that fit equally well, the shorter comes first.
   */
  best<T extends Searchable, S extends Searchable = never, A extends Action = never>(
    items: readonly T[],
    query: string,
    most = Infinity,
    subjects: readonly Subject<S, A>[] = [],
  ): (T | Pair<S, A>)[] {
    // The ellipsis of a label isn't part of its last word.
    const words = query.toLowerCase().split(/[\s…]+/).filter(Boolean);
    if (words.length === 0) return items.slice(0, most);
    const scorers = words.map((word) => this.#scorer(word));
    this.#scores = new Map([...this.#scores].filter(([word]) => words.includes(word)));
    const found = new Best<T | Pair<S, A>>(most);
    for (const item of items) found.take(product(scorers, item), () => item);
    scorePairs(scorers, subjects, (score, pair) => found.take(score, pair));
    return found.items;
  }

  #scorer(word: string): Scorer {
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

function product(scorers: Scorer[], item: Searchable): number {
  let score = 1;
  for (const scorer of scorers) score = score && score * scorer(item);
  return score;
}

/** Scores each thing and each list of actions once: there are many more pairs than either. */
function scorePairs<S extends Searchable, A extends Action>(scorers: Scorer[], subjects: readonly Subject<S, A>[], take: (score: number, pair: () => Pair<S, A>) => void): void {
  const known = new Map<readonly A[], number[][]>();
  for (const { thing, actions } of subjects) {
    let ofActions = known.get(actions);
    if (!ofActions) known.set(actions, (ofActions = actions.map((action) => scorers.map((scorer) => scorer(action)))));
    const ofThing = scorers.map((scorer) => scorer(thing));
    for (const [i, action] of actions.entries()) {
      let score = 1;
      let named = false;
      for (const [at, own] of ofThing.entries()) {
        const its = ofActions[i]![at]!;
        named ||= its > 0;
        score *= Math.max(own, its);
      }
      if (named) score *= 1 - action.texts[0]!.length / 10_000;
      else if (!action.usual) score *= UNNAMED;
      take(score, () => ({ thing, action }));
    }
  }
}

/** The best of many, kept in order while they come in. */
class Best<T> {
  readonly items: T[] = [];
  #scores: number[] = [];

  constructor(private readonly most: number) {}

  /** Takes one in if it is good enough, after those that are as good. */
  take(score: number, item: () => T): void {
    if (score <= 0 || (this.items.length === this.most && score <= this.#scores.at(-1)!)) return;
    let [low, high] = [0, this.#scores.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#scores[middle]! >= score) low = middle + 1;
      else high = middle;
    }
    this.#scores.splice(low, 0, score);
    this.items.splice(low, 0, item());
    if (this.items.length > this.most) {
      this.#scores.pop();
      this.items.pop();
    }
  }
}

/** Ranks a short list once. */
export const ranked = <T extends Searchable>(items: readonly T[], query: string): T[] => new Ranking().best<T>(items, query) as T[];

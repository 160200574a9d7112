/**
 * Searches thousands of items for those that contain every word of a query, fast enough for every key press.
 *
 * The texts are joined into one, which the engine searches as a whole: a call for each of ten thousand items would
 * take ten times as long. Words contain no white space, so no match spans two lines.
 */
export class SearchText<T> {
  readonly #items: T[];
  /** In lower case, one per item. */
  readonly #texts: string[];
  readonly #whole: string;
  /** Where each item's text begins in the whole; the last entry is the end. */
  readonly #starts: number[] = [];

  constructor(items: T[], textOf: (item: T) => string) {
    this.#items = items;
    this.#texts = items.map(textOf);
    this.#whole = this.#texts.join('\n');
    let start = 0;
    for (const text of this.#texts) {
      this.#starts.push(start);
      start += text.length + 1;
    }
    this.#starts.push(start);
  }

  /** The items that contain every word of a query, in their order; all items if the query is empty. */
  matching(query: string): T[] {
    const [first, ...others] = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (first === undefined) return this.#items;
    const found: T[] = [];
    let place = 0;
    for (let at = this.#whole.indexOf(first); at >= 0; at = this.#whole.indexOf(first, this.#starts[place])) {
      // All these steps together pass each item once.
      while (this.#starts[place + 1]! <= at) place += 1;
      if (others.every((word) => this.#texts[place]!.includes(word))) found.push(this.#items[place]!);
      place += 1;
    }
    return found;
  }
}

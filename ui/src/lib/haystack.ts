/**
 * A **haystack** finds what holds every word of a search among thousands, within the time that a key takes.
 *
 * All texts are one text, which the engine searches as a whole: ten thousand calls from here, one for each item,
 * would take ten times as long. No word holds white space, so none is found across the end of a line.
 */
export class Haystack<T> {
  readonly #items: T[];
  /** In lower case, one for each item. */
  readonly #texts: string[];
  readonly #whole: string;
  /** Where in the whole each item's text begins; the last entry is the end. */
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

  /** What holds every word of a query, in the order of the items; all of them where there is no word. */
  matching(query: string): T[] {
    const [first, ...others] = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (first === undefined) return this.#items;
    const found: T[] = [];
    let place = 0;
    for (let at = this.#whole.indexOf(first); at >= 0; at = this.#whole.indexOf(first, this.#starts[place])) {
      // Step by step: all such walks together pass each item once.
      while (this.#starts[place + 1]! <= at) place += 1;
      if (others.every((word) => this.#texts[place]!.includes(word))) found.push(this.#items[place]!);
      place += 1;
    }
    return found;
  }
}

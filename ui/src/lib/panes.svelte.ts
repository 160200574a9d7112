/** How wide the rail and the list are, in rem: as dragged, remembered by the page. */
const KEY = 'panes';

/** A pane's width: the usual one and its bounds. */
export const WIDTHS = {
  rail: { usual: 14.5, least: 11, most: 26 },
  list: { usual: 24, least: 19, most: 60 },
} as const;

export type Sized = keyof typeof WIDTHS;

export class Panes {
  #widths = $state<Partial<Record<Sized, number>>>(remembered());

  /** The width as dragged; null where the window chooses. */
  chosen(pane: Sized): number | null {
    return this.#widths[pane] ?? null;
  }

  width(pane: Sized): number {
    return this.#widths[pane] ?? WIDTHS[pane].usual;
  }

  /** Sets a width within its bounds. */
  resize(pane: Sized, width: number): void {
    const { least, most } = WIDTHS[pane];
    this.#widths[pane] = Math.min(most, Math.max(least, Math.round(width * 16) / 16));
    localStorage.setItem(KEY, JSON.stringify(this.#widths));
  }

  /** Goes back to the usual width. */
  reset(pane: Sized): void {
    delete this.#widths[pane];
    localStorage.setItem(KEY, JSON.stringify(this.#widths));
  }
}

function remembered(): Partial<Record<Sized, number>> {
  const usual: Partial<Record<Sized, number>> = {};
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    for (const pane of ['rail', 'list'] as const) {
      const width = (kept as Record<string, unknown>)[pane];
      const { least, most } = WIDTHS[pane];
      if (typeof width === 'number' && width >= least && width <= most) usual[pane] = width;
    }
  } catch {
    // What can't be read is as if nothing had been dragged.
  }
  return usual;
}

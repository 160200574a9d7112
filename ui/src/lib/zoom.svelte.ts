/** The text size, changed by shortcuts as in a browser. It is a setting like any other. */
import type { SettingsState } from './settings.svelte';

/** The steps that one goes through, in per cent, within the setting's bounds. */
export const STEPS = [80, 90, 100, 110, 125, 150, 175, 200];

export class Zoom {
  #settings: SettingsState;
  /** Where the keys have got to; the setting follows, one change after the other. */
  #wanted: number | null = null;

  constructor(settings: SettingsState) {
    this.#settings = settings;
  }

  /** One step larger (1) or smaller (-1); 0 goes back to the actual size. */
  async change(by: 1 | -1 | 0): Promise<void> {
    const size = this.#wanted ?? this.#settings.current?.textSize;
    if (size === undefined) return;
    const at = STEPS.findIndex((step) => step >= size);
    const next = by === 0 ? 100 : STEPS[Math.min(Math.max(at + by, 0), STEPS.length - 1)];
    if (next === undefined || next === size) return;
    this.#wanted = next;
    await this.#settings.change('textSize', next);
    if (this.#wanted === next) this.#wanted = null;
  }
}

/** What a key press asks of the size: Ctrl (⌘) with plus, minus or nought; null for any other. */
export function zoomOf(event: KeyboardEvent): 1 | -1 | 0 | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  // Plus is Shift and another key on most keyboards, and that key alone on some.
  if (event.key === '+' || event.key === '=') return 1;
  if (event.key === '-' || event.key === '_') return -1;
  return event.key === '0' ? 0 : null;
}

/** How large the page is drawn. Kept by the page, as it is no secret; drawn by the window. */
import { ipc } from './ipc';

const KEY = 'zoom';
/** The steps that one goes through, from half to double. */
export const STEPS = [0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

export class Zoom {
  factor = $state(stored());

  /** Draws the page as it was left. */
  async restore(): Promise<void> {
    if (this.factor !== 1) await this.#draw();
  }

  /** One step larger (1) or smaller (-1); 0 goes back to the actual size. */
  async change(by: 1 | -1 | 0): Promise<void> {
    const at = STEPS.findIndex((step) => step >= this.factor);
    const next = by === 0 ? 1 : STEPS[Math.min(Math.max(at + by, 0), STEPS.length - 1)];
    if (next === undefined || next === this.factor) return;
    this.factor = next;
    localStorage.setItem(KEY, String(next));
    await this.#draw();
  }

  async #draw(): Promise<void> {
    try {
      await ipc.zoom(this.factor);
    } catch {
      // The page stays as large as it is, which is seen.
    }
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

function stored(): number {
  const kept = Number(localStorage.getItem(KEY));
  return STEPS.includes(kept) ? kept : 1;
}

/** Two tokens beside each other: where each is taken from, and how they differ. */
import { Asked } from './asked.svelte';
import { ipc } from './ipc';
import type { Comparison, ServiceUserId, TokenFrom } from './bindings';

const PAUSE = 300;

/** Where one of the two is taken from: a field, or the memory of the core. */
export class Side {
  text = $state('');
  user = $state<ServiceUserId | ''>('');

  /** What the core is told; null while there is nothing. */
  get token(): TokenFrom | null {
    if (this.user) return { from: 'minted', serviceUser: this.user };
    return this.text.trim() ? { from: 'text', text: this.text } : null;
  }
}

export class Comparing {
  first = $state.raw(new Side());
  second = $state.raw(new Side());
  readonly found = new Asked<Comparison>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** One of the two changed: compared at once, or at the next pause where it is typed. */
  changed(typed = false): void {
    clearTimeout(this.#timer);
    if (typed) this.#timer = setTimeout(() => void this.compare(), PAUSE);
    else void this.compare();
  }

  async compare(): Promise<void> {
    clearTimeout(this.#timer);
    const [before, after] = [this.first.token, this.second.token];
    if (before && after) await this.found.ask(() => ipc.compare(before, after));
    else this.found.clear();
  }

  /** Drops a side whose token is no longer in memory; another may have been minted since it was compared. */
  keepTo(minted: readonly ServiceUserId[]): void {
    const sides = [this.first, this.second].filter((side) => side.user);
    for (const side of sides) if (side.user && !minted.includes(side.user)) side.user = '';
    if (sides.length > 0) this.changed();
  }

  swap(): void {
    [this.first, this.second] = [this.second, this.first];
    this.changed();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.first = new Side();
    this.second = new Side();
    this.found.clear();
  }
}

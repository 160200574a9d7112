/** Rotates several credentials one after another. One that fails, or waits, doesn't stop the others. */
import { problemOf } from './ipc';
import type { Rotations } from './rotations.svelte';
import type { Problem, RadarRow, RotationId } from './bindings';

/**
 * How far one of several is. `grace`: the new one is in use, and the old one goes later. `later`: another credential of
 * the same service user is being rotated until then. `skipped`: production is rotated one by one. `unsupported`: its
 * provider has no API for it.
 */
export type ManyState = 'waiting' | 'running' | 'done' | 'undone' | 'grace' | 'held' | 'later' | 'failed' | 'skipped' | 'unsupported';

export interface Item {
  row: RadarRow;
  state: ManyState;
  rotation: RotationId | null;
  problem: Problem | null;
}

const DAY = 86_400_000;

/** Those that expire, or have expired, within so many days. */
export function due(rows: readonly RadarRow[], days: number, now: number): RadarRow[] {
  return rows.filter(({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= now + days * DAY);
}

export class RotatingMany {
  items = $state.raw<Item[]>([]);
  running = $state(false);
  #stopping = $state(false);

  constructor(
    rows: readonly RadarRow[],
    private readonly rotations: Rotations,
    rotates: (row: RadarRow) => boolean,
  ) {
    this.items = rows.map((row) => ({ row, state: !rotates(row) ? 'unsupported' : row.tier === 'production' ? 'skipped' : 'waiting', rotation: null, problem: null }));
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  get begun(): boolean {
    return this.items.some(({ rotation, problem }) => rotation !== null || problem !== null) || this.running;
  }

  get over(): boolean {
    return !this.running && this.items.every(({ state }) => state !== 'waiting');
  }

  stop(): void {
    this.#stopping = true;
  }

  async start(graceSeconds: number): Promise<void> {
    this.running = true;
    this.#stopping = false;
    for (const { row, state } of this.items) {
      if (this.#stopping) break;
      if (state === 'waiting') await this.#rotate(row, graceSeconds);
    }
    this.running = false;
  }

  async #rotate(row: RadarRow, graceSeconds: number): Promise<void> {
    this.#change(row, { state: 'running' });
    try {
      const known = this.rotations.of(row.serviceUser);
      if (known && known.rotation.old !== row.credential) return this.#change(row, { state: 'later', rotation: known.rotation.id });
      const id =
        known?.rotation.id ??
        (await this.rotations.begin({ serviceUser: row.serviceUser, credential: row.credential, adds: null, by: null, expiresInDays: 365, graceSeconds, pauseAfterProof: false, confirmed: false }));
      this.#change(row, { rotation: id });
      if (!known || known.next.kind === 'do') await this.rotations.go(id);
      this.#change(row, { state: this.#stateOf(id), problem: this.rotations.problemOf(id) });
    } catch (thrown) {
      this.#change(row, { state: 'failed', problem: problemOf(thrown) });
    }
  }

  #stateOf(id: RotationId): ManyState {
    const view = this.rotations.view(id);
    if (this.rotations.problemOf(id)) return 'failed';
    if (view?.rotation.endedAt) return view.rotation.direction === 'forward' ? 'done' : 'undone';
    return view?.next.kind === 'grace' ? 'grace' : 'held';
  }

  #change(row: RadarRow, change: Partial<Item>): void {
    this.items = this.items.map((item) => (item.row === row ? { ...item, ...change } : item));
  }
}

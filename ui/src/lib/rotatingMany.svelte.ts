/** Rotates several credentials one after another. One that fails, or waits, doesn't stop the others. */
import { problemOf } from './ipc';
import type { Rotations } from './rotations.svelte';
import type { Problem, RadarRow, RotationId } from './bindings';

/** How far one of several is; `grace`: the new one is in use, and the old one goes later. */
export type ManyState = 'waiting' | 'running' | 'done' | 'grace' | 'held' | 'failed' | 'skipped';

export interface Item {
  row: RadarRow;
  state: ManyState;
  rotation: RotationId | null;
  problem: Problem | null;
}

const DAY = 86_400_000;

/** Those that expire, or have expired, within so many days; each service user once. */
export function due(rows: readonly RadarRow[], days: number, now: number): RadarRow[] {
  const users = new Set<string>();
  return rows.filter((row) => {
    const soon = row.expiresAt !== null && Date.parse(row.expiresAt) <= now + days * DAY;
    if (!soon || users.has(row.serviceUser)) return false;
    users.add(row.serviceUser);
    return true;
  });
}

export class RotatingMany {
  items = $state.raw<Item[]>([]);
  running = $state(false);
  #stopping = $state(false);

  constructor(
    rows: readonly RadarRow[],
    private readonly rotations: Rotations,
  ) {
    this.items = rows.map((row) => ({ row, state: row.tier === 'production' ? 'skipped' : 'waiting', rotation: null, problem: null }));
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  get begun(): boolean {
    return this.items.some(({ state }) => state !== 'waiting' && state !== 'skipped');
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
      const id =
        known?.rotation.id ??
        (await this.rotations.begin({ serviceUser: row.serviceUser, credential: row.credential, adds: null, by: null, expiresInDays: 365, graceSeconds, pauseAfterProof: false, confirmed: false }));
      this.#change(row, { rotation: id });
      if (!known || known.next.kind === 'do') await this.rotations.go(id);
      const view = this.rotations.view(id);
      const problem = this.rotations.problemOf(id);
      const state = problem ? 'failed' : view?.rotation.endedAt ? 'done' : view?.next.kind === 'grace' ? 'grace' : 'held';
      this.#change(row, { state, problem });
    } catch (thrown) {
      this.#change(row, { state: 'failed', problem: problemOf(thrown) });
    }
  }

  #change(row: RadarRow, change: Partial<Item>): void {
    this.items = this.items.map((item) => (item.row === row ? { ...item, ...change } : item));
  }
}

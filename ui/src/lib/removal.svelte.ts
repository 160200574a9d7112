/**
 * Removing service users so that it can be undone: they leave the list at once and are removed a little later. Nothing
 * is removed if Mintage ends before that, except by its own Quit.
 */
import { visible } from './format';
import { ipc, problemOf } from './ipc';
import type { ServiceUsers } from './serviceUsers.svelte';
import type { Status } from './status.svelte';
import { strings } from './strings';
import type { Problem, ServiceUserRow } from './bindings';

/** How long it can be undone, in milliseconds. */
export const UNDO_FOR = 10_000;

const words = strings.commands.removal;

export class Removal {
  /** Those that are going to be removed. */
  pending = $state.raw<ServiceUserRow[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly status: Status,
    private readonly serviceUsers: ServiceUsers,
    /** Told after each removal, with why one failed. */
    private readonly done: (problem: Problem | null) => Promise<void>,
  ) {}

  /** Removes service users, unless that is undone. Those of an earlier removal are removed now. */
  async remove(rows: ServiceUserRow[]): Promise<void> {
    await this.finish();
    this.pending = rows;
    this.serviceUsers.hide(rows.map(({ id }) => id));
    const what = whatOf(rows);
    this.status.countdown((seconds) => words.pending(what, seconds), UNDO_FOR, { label: words.undo, run: () => this.undo() });
    this.#timer = setTimeout(() => void this.finish(), UNDO_FOR);
  }

  /** Keeps those that were going to be removed. */
  undo(): void {
    clearTimeout(this.#timer);
    const kept = this.pending;
    if (kept.length === 0) return;
    this.pending = [];
    this.serviceUsers.hide([]);
    this.status.say(words.undone(whatOf(kept)));
  }

  /** Removes at once what is waiting for it. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    const rows = this.pending;
    if (rows.length === 0) return;
    this.pending = [];
    let problem: Problem | null = null;
    for (const { id } of rows) {
      try {
        await ipc.forgetServiceUser(id);
      } catch (thrown) {
        problem ??= problemOf(thrown);
      }
    }
    await this.done(problem);
    this.serviceUsers.hide([]);
    if (!problem) this.status.say(words.done(whatOf(rows)));
  }
}

function whatOf(rows: ServiceUserRow[]): string {
  return rows.length === 1 && rows[0] ? visible(rows[0].name) : words.many(rows.length);
}

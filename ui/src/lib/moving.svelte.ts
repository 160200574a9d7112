/**
 * Moving service users to another environment. It's done at once, each key is then tested with the new issuer, and all
 * of it can be undone for a while.
 */
import { visible } from './format';
import { ipc, problemOf } from './ipc';
import { UNDO_FOR } from './removal.svelte';
import type { Status } from './status.svelte';
import { strings } from './strings';
import type { Environment, Problem, Relocation, ServiceUserRow } from './bindings';

const words = strings.commands.moving;

export class Moving {
  /** The way back of what was moved last, while it can be undone. */
  back = $state.raw<Relocation[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly status: Status,
    /** Tests a service user's credential at its issuer; false if the issuer refused it. */
    private readonly test: (row: ServiceUserRow) => Promise<boolean>,
    /** Told after each move, with why one failed. */
    private readonly done: (problem: Problem | null) => Promise<void>,
  ) {}

  /** Moves service users, then tests their keys; rejects with a `Failure` if they can't be moved. */
  async move(rows: ServiceUserRow[], to: Environment): Promise<void> {
    await ipc.relocate(rows.map(({ id }) => ({ serviceUser: id, to: to.id })));
    this.back = rows.map(({ id, environment }) => ({ serviceUser: id, to: environment }));
    await this.done(null);
    this.#offer(words.moved(whatOf(rows), visible(to.name)));
    void this.#tryAll(rows.map((row) => ({ ...row, environment: to.id })), to);
  }

  /** Moves them back. */
  async undo(): Promise<void> {
    const { back } = this;
    if (back.length === 0) return;
    this.#forget();
    try {
      await ipc.relocate(back);
      this.status.say(words.undone(back.length));
      await this.done(null);
    } catch (thrown) {
      await this.done(problemOf(thrown));
    }
  }

  async #tryAll(rows: ServiceUserRow[], to: Environment): Promise<void> {
    const { back } = this;
    let refused = 0;
    for (const row of rows) if (!(await this.test(row))) refused += 1;
    // What was undone meanwhile is no longer there.
    if (this.back !== back) return;
    const said = refused > 0 ? words.refused(whatOf(rows), visible(to.name), rows.length === 1 ? 0 : refused) : words.moved(whatOf(rows), visible(to.name));
    this.#offer(said);
  }

  #offer(said: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#forget(), UNDO_FOR);
    this.status.offer(said, { label: strings.commands.removal.undo, run: () => void this.undo() }, UNDO_FOR);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.back = [];
  }
}

function whatOf(rows: ServiceUserRow[]): string {
  return rows.length === 1 && rows[0] ? visible(rows[0].name) : strings.commands.removal.many(rows.length);
}

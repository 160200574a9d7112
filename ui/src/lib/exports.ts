/** Files that are saved where the user chooses. */
import { visible } from './format';
import { ipc, problemOf } from './ipc';
import type { Status } from './status.svelte';
import { strings } from './strings';

export class Exports {
  constructor(private readonly status: Status) {}

  /** Saves a file, says so and offers to show it; `save` resolves to its name, or null if nothing was saved. */
  async save(save: () => Promise<string | null>): Promise<void> {
    await this.#try(async () => {
      const name = await save();
      if (name !== null) this.saved(strings.shell.status.savedFile(visible(name)));
    });
  }

  /** Says that a file was saved, and offers to show it in its folder. */
  saved(said: string): void {
    this.status.offer(said, { label: strings.showInFolder, run: () => void this.#try(() => ipc.showExported()) });
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.status.fail(problemOf(thrown).message);
    }
  }
}

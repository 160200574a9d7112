/** The demo: issuers inside the app, with service users to play with. */
import { ipc, problemOf } from './ipc';
import type { Status } from './status.svelte';
import { strings } from './strings';
import type { Problem } from './bindings';

export class Demo {
  busy = $state(false);

  constructor(
    private readonly status: Status,
    /** Told after it was started or removed, with why that failed. */
    private readonly done: (problem: Problem | null) => Promise<void>,
  ) {}

  async start(): Promise<void> {
    await this.#change(() => ipc.startDemo(), strings.shell.status.demoStarted);
  }

  async remove(): Promise<void> {
    await this.#change(() => ipc.forgetDemo(), strings.shell.status.demoRemoved);
  }

  async #change(action: () => Promise<unknown>, said: string): Promise<void> {
    this.busy = true;
    let problem: Problem | null = null;
    try {
      await action();
      this.status.say(said);
    } catch (thrown) {
      problem = problemOf(thrown);
    }
    await this.done(problem);
    this.busy = false;
  }
}

/** The keychain's state. */
import { ipc, problemOf } from './ipc';
import type { KeychainState, Problem } from './bindings';

export class Keychain {
  state = $state.raw<KeychainState | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  async load(): Promise<void> {
    await this.#run(async () => undefined);
  }

  /** Asks the system to unlock it; true once it is. */
  async unlock(): Promise<boolean> {
    await this.#run(() => ipc.unlockKeychain());
    return this.state?.state === 'ready';
  }

  async #run(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
    try {
      this.state = await ipc.keychainState();
    } catch (thrown) {
      this.problem ??= problemOf(thrown);
    }
    this.busy = false;
  }
}

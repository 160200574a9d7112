/** A request to the core: its last reply, or why there is none. The last request wins. */
import { problemOf } from './ipc';
import type { Problem } from './bindings';

export class Asked<T> {
  /** The last answer; it stays while a new one is on its way. */
  current = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  #latest = 0;

  /** Asks; null if that failed, or if something else was asked meanwhile. */
  async ask(question: () => Promise<T>): Promise<T | null> {
    const turn = ++this.#latest;
    this.busy = true;
    try {
      const answer = await question();
      if (turn !== this.#latest) return null;
      this.current = answer;
      this.problem = null;
      return answer;
    } catch (thrown) {
      if (turn === this.#latest) {
        this.current = null;
        this.problem = problemOf(thrown);
      }
      return null;
    } finally {
      if (turn === this.#latest) this.busy = false;
    }
  }

  /** Forgets the answer; one that is still on its way is dropped. */
  clear(): void {
    this.#latest += 1;
    this.current = null;
    this.problem = null;
    this.busy = false;
  }
}

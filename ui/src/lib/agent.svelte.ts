/** The programs that ask for tokens: their questions, their grants, and whether Mintage is locked. */
import { ipc, problemOf } from './ipc';
import type { AgentChanged, AgentState, Problem } from './bindings';

/** How often somebody at the window is noted. */
const NOTED = 15_000;

export class Agent {
  state = $state.raw<AgentState | null>(null);
  locked = $state(false);
  /** Why the last answer, revocation or unlocking failed. */
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  questions = $derived(this.state?.questions ?? []);
  grants = $derived(this.state?.grants ?? []);

  #latest = 0;
  #noted = 0;

  constructor(
    /** Told when Mintage was locked: nothing secret may stay on the screen. */
    private readonly onlock: () => void,
    /** Told when it was unlocked: the keychain may be, too. */
    private readonly onunlock: () => void = () => undefined,
  ) {}

  async load(): Promise<void> {
    const turn = ++this.#latest;
    try {
      const state = await ipc.agentState();
      if (turn !== this.#latest) return;
      this.state = state;
      this.#take(state.locked);
    } catch (thrown) {
      if (turn === this.#latest) this.problem = problemOf(thrown);
    }
  }

  /** Something has changed. That it was locked is known at once. */
  changed({ locked }: AgentChanged): void {
    this.#take(locked);
    void this.load();
  }

  /** Allows a request, for one of its holders or, with null, this time only. */
  allow(id: string, holder: number | null, minutes: number): Promise<boolean> {
    return this.#act(() => ipc.allowRequest(id, holder, minutes));
  }

  deny(id: string): Promise<boolean> {
    return this.#act(() => ipc.denyRequest(id));
  }

  /** Ends one grant; null ends all. */
  revoke(id: string | null): Promise<boolean> {
    return this.#act(() => ipc.revokeGrants(id));
  }

  lock(): Promise<boolean> {
    return this.#act(() => ipc.lock());
  }

  unlock(): Promise<boolean> {
    return this.#act(() => ipc.unlock());
  }

  serve(): Promise<boolean> {
    return this.#act(() => ipc.servePrograms());
  }

  /** Notes that somebody uses the window, now and then. */
  noteInput(): void {
    const now = Date.now();
    if (now - this.#noted < NOTED) return;
    this.#noted = now;
    // Without it Mintage locks earlier than it should, which it says.
    ipc.personIsThere().catch(() => undefined);
  }

  #take(locked: boolean): void {
    const was = this.locked;
    this.locked = locked;
    if (locked && !was) this.onlock();
    if (!locked && was) this.onunlock();
  }

  async #act(action: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await action();
      await this.load();
      return true;
    } catch (thrown) {
      await this.load();
      this.problem = problemOf(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

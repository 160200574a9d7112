/** Service users that are created at an environment's server, and those whose creation was interrupted. */
import type { AppState } from './app.svelte';
import { ipc, problemOf } from './ipc';
import type { Creation, CreationRequest, Environment, Problem, ServiceUserId, ServiceUserRow } from './bindings';

export class Creating {
  /** Who may act: the environment's service users that mint. */
  candidates = $state.raw<ServiceUserRow[]>([]);
  by = $state<ServiceUserId>('');
  /** Those of which it isn't known what the server made of them. */
  open = $state.raw<Creation[]>([]);
  busy = $state(false);
  /** One that exists, and whose key is still to be made. */
  made = $state.raw<{ id: ServiceUserId; name: string } | null>(null);
  problem = $state.raw<Problem | null>(null);
  #preselected: ServiceUserId = '';
  /** What is done again once the cause of the problem may be gone. */
  #again: () => Promise<unknown> = async () => undefined;

  /** Who acts instead of whoever began a creation; null unless a person chose somebody. */
  get #chosen(): ServiceUserId | null {
    return this.by === this.#preselected ? null : this.by;
  }

  constructor(
    readonly environment: Environment,
    private readonly app: AppState,
  ) {}

  async load(): Promise<void> {
    await this.#work(async () => {
      const { id } = this.environment;
      const [candidates, administrator] = await Promise.all([ipc.actors(id), ipc.administrator(id), this.#loadOpen()]);
      this.candidates = candidates;
      const likely = this.open[0]?.by ?? administrator;
      this.#preselected = this.by = (candidates.find((row) => row.id === likely) ?? candidates[0])?.id ?? '';
    });
  }

  /** Creates it, and begins to make its key; whether that worked. */
  async create(asked: Omit<CreationRequest, 'by'>): Promise<boolean> {
    return this.#work(async () => {
      if (this.made === null) await this.#becomes(asked.name, () => ipc.createServiceUser({ ...asked, by: this.by }));
      return this.made !== null && (await this.#makeKey(this.made.id, asked.confirmed));
    });
  }

  /** Finds what an interrupted creation made at the server, or asks for it again; whoever began it acts. */
  async resume({ id, name }: Creation): Promise<void> {
    await this.#work(() => this.#becomes(name, () => ipc.continueCreation(id, this.#chosen)));
  }

  /** Removes what it made at the server; whoever began it acts. */
  async cleanUp({ id }: Creation): Promise<boolean> {
    return this.#work(async () => (await this.#guard(async () => ((await ipc.undoCreation(id, this.#chosen)), true))) === true);
  }

  /** Forgets it without asking the server. */
  async forget({ id }: Creation): Promise<boolean> {
    return this.#work(async () => ((await ipc.forgetCreation(id)), true));
  }

  async again(): Promise<void> {
    await this.#again();
  }

  async #becomes(name: string, action: () => Promise<ServiceUserId>): Promise<void> {
    const id = await this.#guard(action);
    if (id === null) return;
    this.made = { id, name };
    await this.app.show(id, this.environment.id);
  }

  /** The first key is made as any other: each step is shown, and it can be gone on with later. */
  async #makeKey(serviceUser: ServiceUserId, confirmed: boolean): Promise<boolean> {
    const request = { serviceUser, credential: null, adds: 'private-key' as const, by: this.by, expiresInDays: 365, graceSeconds: 0, pauseAfterProof: false, confirmed };
    const id = await this.app.rotations.begin(request);
    this.app.rotations.show(id);
    void this.app.rotations.go(id);
    return true;
  }

  #guard<T>(action: () => Promise<T>): Promise<T | null> {
    return this.app.production.guard({ id: this.environment.id, name: this.environment.name }, action);
  }

  async #loadOpen(): Promise<void> {
    this.open = (await ipc.openCreations()).filter((each) => each.environment === this.environment.id);
  }

  /** Does it, and says why not if it fails. What is open by then is read again. */
  async #work(action: () => Promise<boolean | void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    this.#again = () => this.#work(action);
    let done = false;
    try {
      done = (await action()) === true;
    } catch (thrown) {
      this.problem = problemOf(thrown);
      await this.app.refresh();
    }
    try {
      await this.#loadOpen();
    } catch (thrown) {
      this.problem ??= problemOf(thrown);
    }
    this.busy = false;
    return done;
  }
}

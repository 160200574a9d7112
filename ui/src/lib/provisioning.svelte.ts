/** Creates, compares and removes credentials on the server, and keeps who acts and the results. */
import { SvelteMap } from 'svelte/reactivity';
import { ipc, problemOf } from './ipc';
import type { Production } from './production.svelte';
import type {
  CredentialId,
  CredentialKind,
  EnvironmentId,
  ImportOutcome,
  KeyComparison,
  Problem,
  ServiceUserId,
  ServiceUserRow,
} from './bindings';

interface Place {
  id: EnvironmentId;
  name: string;
}

export class Provisioning {
  /** Those whose credential may have the right to it: the environment's service users that mint. */
  candidates = $state.raw<ServiceUserRow[]>([]);
  #failed = $state.raw<{ environment: EnvironmentId; what: CredentialId | CredentialKind | null; problem: Problem } | null>(null);
  /** The credential, or the kind of the one to be made, that the server is asked about. */
  busy = $state<CredentialId | CredentialKind | null>(null);
  /** How often a choice was asked for that is not made. */
  whoAsked = $state(0);

  #chosen = new SvelteMap<EnvironmentId, ServiceUserId>();
  #compared = new SvelteMap<CredentialId, KeyComparison>();

  constructor(
    private readonly production: Production,
    /** Told after something was made or removed, so that lists and details are loaded again. */
    private readonly changed: () => Promise<void>,
  ) {}

  async load(environment: EnvironmentId): Promise<void> {
    this.clear();
    try {
      this.candidates = await ipc.actors(environment);
    } catch (thrown) {
      this.#failed = { environment, what: null, problem: problemOf(thrown) };
    }
  }

  /** What went wrong last in an environment, with that credential or that kind; null asks for neither. */
  problem(environment: EnvironmentId, what: CredentialId | CredentialKind | null): Problem | null {
    const failed = this.#failed;
    return failed?.environment === environment && failed.what === what ? failed.problem : null;
  }

  /** Forgets what went wrong. */
  clear(): void {
    this.#failed = null;
  }

  /** In whose name the server is asked in an environment: the one chosen, or the only one; else null. */
  by(environment: EnvironmentId): ServiceUserRow | null {
    const chosen = this.#chosen.get(environment);
    const [first, second] = this.candidates;
    return this.candidates.find((row) => row.id === chosen) ?? (second ? null : (first ?? null));
  }

  /** Asks the user to choose who acts. */
  askWho(): void {
    this.whoAsked += 1;
  }

  choose(environment: EnvironmentId, id: ServiceUserId): void {
    this.#chosen.set(environment, id);
    this.clear();
  }

  /** What comparing a key with the server's found; null where that was not asked. */
  compared(credential: CredentialId): KeyComparison | null {
    return this.#compared.get(credential) ?? null;
  }

  /** Creates a key or secret on the server; null if that failed or was declined. */
  async create(place: Place, serviceUser: ServiceUserId, kind: CredentialKind, title: string): Promise<ImportOutcome | null> {
    const made = await this.#ask(place, kind, (by) => ipc.provision({ serviceUser, by, kind, title: title.trim() }));
    if (made) await this.changed();
    return made;
  }

  /**
   * Removes a credential on the server and then here; false if that failed or was declined. The last one that works must
   * be `named` by its id.
   */
  async remove(place: Place, credential: CredentialId, named: string | null): Promise<boolean> {
    const removed = await this.#ask(place, credential, async (by) => {
      await ipc.unprovision(credential, by, named);
      return true;
    });
    if (removed) await this.changed();
    return removed === true;
  }

  /** Compares a key with what the server keeps under its id. */
  async compare(place: Place, credential: CredentialId): Promise<void> {
    this.#compared.delete(credential);
    const found = await this.#ask(place, credential, (by) => ipc.compareKey(credential, by));
    if (found) this.#compared.set(credential, found);
  }

  async #ask<T>(place: Place, what: CredentialId | CredentialKind, action: (by: ServiceUserId) => Promise<T>): Promise<T | null> {
    const by = this.by(place.id);
    if (!by || this.busy !== null) return null;
    this.busy = what;
    this.clear();
    try {
      return await this.production.guard(place, () => action(by.id));
    } catch (thrown) {
      this.#failed = { environment: place.id, what, problem: problemOf(thrown) };
      return null;
    } finally {
      this.busy = null;
    }
  }
}

/** The environments and the providers that they follow. */
import { ipc, problemOf } from './ipc';
import type {
  CredentialKind,
  Environment,
  EnvironmentDraft,
  EnvironmentId,
  EnvironmentOverview,
  NewEnvironment,
  Problem,
  ProviderView,
  ProviderId,
} from './bindings';

/** The environment editor while it is open. */
interface Editing {
  /** The environment to change; null creates one. */
  environment: Environment | null;
  /** Initial values for a new one. */
  proposal: NewEnvironment | null;
  done: (saved: Environment | null) => void;
}

export class Environments {
  list = $state.raw<EnvironmentOverview[]>([]);
  providers = $state.raw<ProviderView[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  editing = $state.raw<Editing | null>(null);
  /** How many service users there are in all. */
  total = $derived(this.list.reduce((sum, each) => sum + each.serviceUsers, 0));
  /** Those that real keys may go to; the demo is removed with one click and its keys with it. */
  own = $derived(this.list.filter((each) => !each.environment.demo));
  hasDemo = $derived(this.list.some((each) => each.environment.demo));

  async load(): Promise<void> {
    try {
      this.list = await ipc.environments();
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  async loadProviders(): Promise<void> {
    try {
      this.providers = await ipc.providers();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Moves an environment up (-1) or down (1) in the list; every list of environments follows. */
  async move(id: EnvironmentId, by: 1 | -1): Promise<void> {
    const at = this.list.findIndex((each) => each.environment.id === id);
    const moved = this.list[at];
    if (!moved || !this.list[at + by]) return;
    this.list = this.list.toSpliced(at, 1).toSpliced(at + by, 0, moved);
    try {
      await ipc.orderEnvironments(this.list.map((each) => each.environment.id));
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  of(id: EnvironmentId | null): EnvironmentOverview | null {
    return this.list.find((each) => each.environment.id === id) ?? null;
  }

  /** Whether an environment's server has an API that replaces a credential of this kind. */
  rotates(id: EnvironmentId, kind: CredentialKind): boolean {
    return this.provider(this.of(id)?.environment.provider ?? '')?.rotates.includes(kind) ?? false;
  }

  provider(id: ProviderId): ProviderView | null {
    return this.providers.find((each) => each.id === id) ?? null;
  }

  /** Opens the editor; resolves to what was saved, or null if nothing was. */
  edit(known: Environment | null, proposal: NewEnvironment | null = null): Promise<Environment | null> {
    this.editing?.done(null);
    const environment = (known && this.of(known.id)?.environment) ?? known;
    return new Promise((resolve) => {
      const done = (saved: Environment | null) => {
        this.editing = null;
        resolve(saved);
      };
      this.editing = { environment, proposal, done };
    });
  }

  /**
   * Adds an environment, or changes the one that was opened. Rejects with a `Failure`; the list is then loaded too,
   * since the environment may have been changed elsewhere.
   */
  async save(opened: Environment | null, draft: EnvironmentDraft): Promise<Environment> {
    try {
      return opened ? await ipc.editEnvironment(opened, draft) : await ipc.addEnvironment(draft);
    } finally {
      await this.load();
    }
  }

  /** Removes an environment with its service users and keys. Rejects with a `Failure`. */
  async forget(id: EnvironmentId): Promise<void> {
    await ipc.forgetEnvironment(id);
    await this.load();
  }
}

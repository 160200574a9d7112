/** The environments and the providers that they follow. */
import { ipc, problemOf } from './ipc';
import type {
  Environment,
  EnvironmentDraft,
  EnvironmentId,
  EnvironmentOverview,
  Problem,
  Provider,
  ProviderId,
} from './types';

export class Environments {
  list = $state.raw<EnvironmentOverview[]>([]);
  providers = $state.raw<Provider[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
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

  of(id: EnvironmentId | null): EnvironmentOverview | null {
    return this.list.find((each) => each.environment.id === id) ?? null;
  }

  provider(id: ProviderId): Provider | null {
    return this.providers.find((each) => each.id === id) ?? null;
  }

  /** Adds an environment, or changes the one named. Rejects with a `Failure`. */
  async save(id: EnvironmentId | null, draft: EnvironmentDraft): Promise<Environment> {
    const saved = id === null ? await ipc.addEnvironment(draft) : await ipc.editEnvironment(id, draft);
    await this.load();
    return saved;
  }

  /** Removes an environment with its service users and keys. Rejects with a `Failure`. */
  async forget(id: EnvironmentId): Promise<void> {
    await ipc.forgetEnvironment(id);
    await this.load();
  }
}

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
  /** Whether its server failed, so that its address is what matters and is checked at once. */
  failed: boolean;
  done: (saved: Environment | null) => void;
}

/** Environments that a list shows under one heading; null for those in no group. */
export interface Group {
  name: string | null;
  list: EnvironmentOverview[];
}

export class Environments {
  list = $state.raw<EnvironmentOverview[]>([]);
  providers = $state.raw<ProviderView[]>([]);
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  editing = $state.raw<Editing | null>(null);
  /** The list under its headings: first what is in no group. */
  groups = $derived(grouped(this.list));
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

  /** What moves if an environment is moved up (-1) or down (1): at the edge of its group, all of that. */
  moves(id: EnvironmentId, by: 1 | -1): 'environment' | 'group' | null {
    const { g, at } = this.#placeOf(id);
    const group = this.groups[g];
    if (group?.list[at + by]) return 'environment';
    // What is in no group stays first.
    return group && group.name !== null && (this.groups[g + by]?.name ?? null) !== null ? 'group' : null;
  }

  /** Moves an environment, or its group, up (-1) or down (1) in the list; every list of environments follows. */
  async move(id: EnvironmentId, by: 1 | -1): Promise<void> {
    const { g, at } = this.#placeOf(id);
    const moves = this.moves(id, by);
    if (moves === null) return;
    const lists = this.groups.map(({ list }) => list);
    this.list = (moves === 'group' ? moved(lists, g, by) : lists.with(g, moved(lists[g]!, at, by))).flat();
    try {
      await ipc.orderEnvironments(this.list.map((each) => each.environment.id));
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Which group it is in, and its place there. */
  #placeOf(id: EnvironmentId): { g: number; at: number } {
    const places = this.groups.map(({ list }) => list.findIndex((each) => each.environment.id === id));
    const g = places.findIndex((at) => at >= 0);
    return { g, at: places[g] ?? -1 };
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
    return this.#open(known, proposal, false);
  }

  /** Opens the editor on an environment whose server failed; resolves to what was saved, or null if nothing was. */
  correct(known: Environment): Promise<Environment | null> {
    return this.#open(known, null, true);
  }

  #open(known: Environment | null, proposal: NewEnvironment | null, failed: boolean): Promise<Environment | null> {
    this.editing?.done(null);
    const environment = (known && this.of(known.id)?.environment) ?? known;
    return new Promise((resolve) => {
      const done = (saved: Environment | null) => {
        this.editing = null;
        resolve(saved);
      };
      this.editing = { environment, proposal, failed, done };
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

/** Groups environments in their order; what is in no group comes first. */
export function grouped(list: EnvironmentOverview[]): Group[] {
  const groups = new Map<string, Group>([['', { name: null, list: [] }]]);
  for (const each of list) {
    const name = each.environment.group;
    const key = name?.toLowerCase() ?? '';
    const group = groups.get(key) ?? { name, list: [] };
    group.list.push(each);
    groups.set(key, group);
  }
  return [...groups.values()].filter((group) => group.list.length > 0);
}

function moved<T>(list: T[], at: number, by: 1 | -1): T[] {
  return list.toSpliced(at, 1).toSpliced(at + by, 0, list[at]!);
}

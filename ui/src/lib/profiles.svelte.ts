/** Provider profiles: which are the user's own, and the text of the one that is looked at or edited. */
import type { Environments } from './environments.svelte';
import { ipc, problemOf } from './ipc';
import type { Format, OwnProviders, Problem, ProviderView, ProviderId, ReviewId } from './bindings';

/** Where the text that is open came from. */
export type Origin = 'built-in' | 'own' | 'copy' | 'file' | 'draft';

/** A profile's text while it is open. */
export interface Opened {
  origin: Origin;
  /** The profile it is of, or is a copy of; null for a file's and for a draft. */
  id: ProviderId | null;
  /** As it came. */
  text: string;
  done: (saved: ProviderView | null) => void;
}

/** The id that a profile's text gives itself, TOML or JSON: the first one that it names. */
export function idIn(text: string): string | null {
  return /(?:^|[{,\s])(["']?)id\1\s*[:=]\s*(["'])(.*?)\2/.exec(text)?.[3] ?? null;
}

export class Profiles {
  own = $state.raw<OwnProviders>({ usable: [], unusable: [] });
  opened = $state.raw<Opened | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** What the text that was open last was saved as; null where it was not. */
  saved: ProviderId | null = null;

  constructor(private readonly environments: Environments) {}

  /** Loads the profiles, and which of them are the user's own. */
  async load(): Promise<void> {
    const listed = this.environments.loadProviders();
    try {
      this.own = await ipc.ownProviders();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
    await listed;
  }

  isOwn(id: ProviderId): boolean {
    return this.own.usable.includes(id) || this.own.unusable.some((each) => each.id === id);
  }

  /** The names of the environments that follow a profile. */
  followers(id: ProviderId): string[] {
    return this.environments.list.filter((each) => each.environment.provider === id).map((each) => each.environment.name);
  }

  /** Opens a profile: to be read where it is built in, else to be edited. */
  view(id: ProviderId): Promise<ProviderView | null> {
    return this.#open(this.isOwn(id) ? 'own' : 'built-in', id, () => ipc.providerText(id, 'toml'));
  }

  /** Opens a copy of a profile to be edited; resolves to what was saved. */
  copy(id: ProviderId): Promise<ProviderView | null> {
    return this.#open('copy', id, () => ipc.copiedProviderText(id));
  }

  /** Opens a profile's file to be looked at before it is stored; a cancelled chooser opens nothing. */
  choose(): Promise<ProviderView | null> {
    return this.#open('file', null, () => ipc.chooseProvider());
  }

  /** Opens a profile that is drafted from a key file under review; resolves to what was saved. */
  describe(review: ReviewId): Promise<ProviderView | null> {
    return this.#open('draft', null, () => ipc.describedKeyFileText(review));
  }

  /** Stores a text as a profile, in place of the one whose text was seen. Rejects with a `Failure`, for example where its id is taken. */
  async save(text: string, replaces: string | null): Promise<ProviderView> {
    const saved = await ipc.saveProvider(text, replaces);
    await this.load();
    this.saved = saved.id;
    this.close(saved);
    return saved;
  }

  /** Closes the text that is open. */
  close(saved: ProviderView | null = null): void {
    const opened = this.opened;
    this.opened = null;
    opened?.done(saved);
  }

  /** Saves a profile where the user chooses; false if the chooser was cancelled or that failed. */
  async export(id: ProviderId, format: Format): Promise<boolean> {
    this.problem = null;
    try {
      return await ipc.exportProvider(id, format);
    } catch (thrown) {
      this.problem = problemOf(thrown);
      return false;
    }
  }

  /** Removes a profile of the user's own. Rejects with a `Failure`. */
  async forget(id: ProviderId): Promise<void> {
    await ipc.forgetProvider(id);
    await this.load();
  }

  async #open(origin: Origin, id: ProviderId | null, read: () => Promise<string | null>): Promise<ProviderView | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    let text: string | null = null;
    try {
      text = await read();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
    this.busy = false;
    const shown = text;
    if (shown === null) return null;
    this.close();
    this.saved = null;
    return new Promise((done) => (this.opened = { origin, id, text: shown, done }));
  }
}

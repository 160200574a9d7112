/** All state of the page, wired together: what one noun's change means for the others. */
import { createContext } from 'svelte';
import { Clock } from './clock.svelte';
import { Detail } from './detail.svelte';
import { Environments } from './environments.svelte';
import { Inspector } from './inspector.svelte';
import { Introspecting } from './introspecting.svelte';
import { ipc, problemOf, type Unlisten } from './ipc';
import { Keychain } from './keychain.svelte';
import { Navigation, type Place } from './navigation.svelte';
import { Production } from './production.svelte';
import { Profiles } from './profiles.svelte';
import type { Proposal } from './provider';
import { Provisioning } from './provisioning.svelte';
import { Reviews } from './reviews.svelte';
import { ServiceUsers } from './serviceUsers.svelte';
import { SettingsState } from './settings.svelte';
import { Status } from './status.svelte';
import { strings } from './strings';
import { Tokens, type Subject } from './tokens.svelte';
import { Zoom } from './zoom.svelte';
import type {
  CredentialId,
  Environment,
  EnvironmentId,
  ImportOutcome,
  NextStep,
  Problem,
  ServiceUserId,
  Startup,
  TokenView,
  TrayCopied,
  Wanted,
} from './types';

/** The environment editor while it is open. */
interface Editing {
  /** The environment to change; null makes a new one. */
  environment: Environment | null;
  /** What a new one starts from. */
  proposal: Proposal | null;
  done: (saved: Environment | null) => void;
}

export class AppState {
  readonly clock = new Clock();
  readonly status = new Status();
  readonly keychain = new Keychain();
  readonly environments = new Environments();
  readonly profiles = new Profiles(this.environments);
  readonly serviceUsers = new ServiceUsers();
  readonly detail = new Detail();
  readonly production = new Production();
  readonly navigation = new Navigation();
  readonly inspector = new Inspector();
  readonly introspecting = new Introspecting(this.production, () => this.refresh());
  readonly provisioning = new Provisioning(this.production, () => this.refresh());
  readonly settings = new SettingsState();
  readonly zoom = new Zoom(this.settings);
  readonly tokens = new Tokens(this.production, this.status, (id, token) => this.#settled(id, token));
  readonly reviews = new Reviews(
    () => {
      const looked = this.environments.of(this.serviceUsers.of ?? this.detail.data?.environment.id ?? null);
      return looked && !looked.environment.demo ? looked.environment.id : null;
    },
    (outcome) => this.#imported(outcome),
  );

  startup = $state.raw<Startup | null>(null);
  editing = $state.raw<Editing | null>(null);
  dragOver = $state(false);
  /** Whether the palette is open, and how often it was wished for. */
  palette = $state(false);
  paletteWanted = $state(0);
  busyDemo = $state(false);
  #arrived: Promise<void> = Promise.resolve();
  /** Something that concerns no pane in particular, shown on top. */
  problem = $state.raw<Problem | null>(null);

  /** Starts everything; the reply stops it. */
  start(): () => void {
    const stopClock = this.clock.start();
    const listening: Promise<Unlisten>[] = [
      ipc.onFilesReviewed((event) => this.reviews.receive(event)),
      ipc.onDragOver((event) => (this.dragOver = event.over)),
      ipc.onWanted((event) => void this.#wanted(event)),
      ipc.onTrayCopied((event) => void this.#trayCopied(event)),
    ];
    void this.#load(listening);
    return () => {
      stopClock();
      for (const each of listening) each.then((unlisten) => unlisten()).catch(() => undefined);
    };
  }

  /** Tries once more what failed as a whole. */
  async recover(): Promise<void> {
    this.problem = null;
    await this.#load([]);
  }

  async #load(listening: Promise<Unlisten>[]): Promise<void> {
    this.#arrived = this.#arrive();
    const listed = Promise.all([this.#arrived, this.profiles.load(), this.settings.load()]);
    try {
      // Files named at the start arrive as an event during `startup`, so listening comes first.
      await Promise.all(listening);
      this.startup = await ipc.startup();
      this.keychain.state = this.startup.keychain;
      this.problem = this.startup.demoProblem;
    } catch (thrown) {
      this.problem = problemOf(thrown);
      // What the start could not tell is asked for by itself.
      await this.keychain.load();
    }
    await listed;
    await this.environments.load();
    if (this.#mayHaveChanged()) await this.refresh();
  }

  /** Whether the start may have begun the demo or repaired something; if not, no rows need come twice. */
  #mayHaveChanged(): boolean {
    if (this.startup === null || this.environments.list.some(({ environment }) => environment.demo)) return true;
    const { finished, interrupted, removed, missing, foundAgain } = this.startup.repaired;
    return finished + interrupted + removed + missing + foundAgain > 0;
  }

  /**
   * Goes to the list shown last, else the only environment's or all: at once, as the start may wait for the
   * keychain, and rows that are changed under the pointer take its clicks with them.
   */
  async #arrive(): Promise<void> {
    await this.environments.load();
    await this.go({ kind: 'users', of: this.navigation.start(this.environments.list) });
  }

  /** Loads all lists again. */
  async refresh(): Promise<void> {
    await Promise.all([this.environments.load(), this.serviceUsers.load(this.serviceUsers.of), this.detail.reload()]);
  }

  /** Goes to a place of the rail. */
  async go(place: Place): Promise<void> {
    this.detail.hide();
    this.navigation.place = place;
    this.navigation.pane = 'list';
    if (place.kind !== 'users') return;
    if (place.of !== this.serviceUsers.of) void this.detail.open(null);
    await this.serviceUsers.load(place.of);
  }

  /** Shows a service user; in front, where only one pane fits and `front` says so. */
  async select(id: ServiceUserId | null, front = true): Promise<void> {
    if (front && id !== null) this.navigation.pane = 'detail';
    await this.detail.open(id);
  }

  /** Goes to a service user, wherever one is. */
  async show(id: ServiceUserId, environment: EnvironmentId): Promise<void> {
    const there = this.navigation.place.kind === 'users' && this.serviceUsers.of === environment;
    if (!there) await this.go({ kind: 'users', of: environment });
    await this.select(id);
  }

  /** Who a token is for; null while its environment is not known. */
  subject(id: ServiceUserId, environment: EnvironmentId): Subject {
    const name = this.environments.of(environment)?.environment.name ?? '';
    return { id, environment: { id: environment, name } };
  }

  /** Copies a row's token; a failure, and that an application has none, is explained in the detail pane. */
  async copyFromRow(id: ServiceUserId, environment: EnvironmentId): Promise<void> {
    const mints = this.serviceUsers.row(id)?.credentialKind !== 'application-key';
    if (mints) await this.tokens.copy(this.subject(id, environment), 'token');
    if (mints && !this.tokens.problem(id)) return;
    this.detail.tab = 'token';
    await this.select(id);
  }

  /** Opens the environment editor; resolves to what was saved, or null if nothing was. */
  editEnvironment(environment: Environment | null, proposal: Proposal | null = null): Promise<Environment | null> {
    this.editing?.done(null);
    return new Promise((resolve) => {
      const done = (saved: Environment | null) => {
        this.editing = null;
        resolve(saved);
      };
      this.editing = { environment, proposal, done };
    });
  }

  /** Adds an environment in the editor and goes there. */
  async addEnvironment(): Promise<void> {
    const saved = await this.editEnvironment(null);
    if (saved) await this.go({ kind: 'users', of: saved.id });
  }

  /** Has a credential of the service user shown brought in anew, in the way in which its kind comes. */
  bringAnother(id: CredentialId | null = this.detail.data?.serviceUser.defaultCredential ?? null): void {
    const data = this.detail.data;
    if (!data) return this.reviews.show();
    const { serviceUser, environment, credentials } = data;
    const failed = credentials.find((each) => each.id === id);
    if (failed?.kind !== 'client-secret' && failed?.kind !== 'personal-token') return this.reviews.show(environment.id);
    this.reviews.enter(environment.id, { kind: failed.kind, userId: serviceUser.userId, clientId: failed.clientId ?? '', keyId: '' });
  }

  /** Does what a cause's button says, for one service user's failed mint. */
  async next(step: NextStep, id: ServiceUserId): Promise<void> {
    switch (step) {
      case 'use-server-time':
        return this.tokens.again(id, { useServerTime: true });
      case 'try-again':
        return this.tokens.again(id, {});
      case 'mint':
        return this.tokens.again(id, { fresh: true });
      case 'unlock-keychain':
        if (await this.keychain.unlock()) await this.tokens.again(id, {});
        return;
      case 'import-key':
        return this.bringAnother();
      case 'edit-scopes':
        this.detail.tab = 'token';
        this.detail.scopesWanted += 1;
        return;
      case 'mint-with-audience':
        this.detail.tab = 'introspection';
        return;
      case 'edit-environment': {
        const environment = this.detail.data?.environment;
        if (environment && (await this.editEnvironment(environment))) {
          this.tokens.clear(id);
          await this.refresh();
        }
        return;
      }
      case 'none':
        return;
    }
  }

  async startDemo(): Promise<void> {
    await this.#demo(() => ipc.startDemo(), strings.shell.status.demoStarted);
  }

  async forgetDemo(): Promise<void> {
    await this.#demo(() => ipc.forgetDemo(), strings.shell.status.demoRemoved);
  }

  async #demo(deed: () => Promise<unknown>, said: string): Promise<void> {
    this.busyDemo = true;
    this.problem = null;
    try {
      await deed();
      this.status.say(said);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
    await this.environments.load();
    await this.detail.open(null);
    const demo = this.environments.list.find((each) => each.environment.demo);
    await this.go({ kind: 'users', of: demo?.environment.id ?? null });
    this.busyDemo = false;
  }

  async #wanted({ what }: Wanted): Promise<void> {
    // What is wished for while the window fills comes on top of it.
    await this.#arrived.catch(() => undefined);
    if (what === 'radar') await this.go({ kind: 'radar' });
    else if (!this.palette && !document.querySelector('[role="dialog"]')) this.paletteWanted += 1;
  }

  /** Says what was copied from the tray; what could not be is gone on with here, in front of the user. */
  async #trayCopied({ serviceUser, environment, copied, problem }: TrayCopied): Promise<void> {
    if (copied) {
      this.tokens.clear(serviceUser);
      this.status.confirm(copied);
      this.#settled(serviceUser, copied.token);
    } else if (problem) {
      await this.show(serviceUser, environment);
      await this.tokens.resume(this.subject(serviceUser, environment), 'token', problem);
    }
  }

  async #imported(outcome: ImportOutcome): Promise<void> {
    this.tokens.clear(outcome.serviceUser);
    await this.refresh();
  }

  #settled(id: ServiceUserId, token: TokenView | null): void {
    if (token) {
      this.serviceUsers.noteToken(id, token);
      this.detail.noteToken(id, token);
    }
    // Marks of environments and the record of a key's last use follow each attempt.
    void this.environments.load();
    if (id === this.detail.id) void this.detail.reload();
    if (!token) void this.keychain.load();
  }
}

/** The page's state, for components. */
export const [useApp, provideApp] = createContext<AppState>();

/** All state of the page, wired together: what one noun's change means for the others. */
import { createContext } from 'svelte';
import { Agent } from './agent.svelte';
import { Arrivals } from './arrivals.svelte';
import { Clock } from './clock.svelte';
import { Demo } from './demo.svelte';
import { Detail, type Tab } from './detail.svelte';
import { Environments } from './environments.svelte';
import { Exports } from './exports';
import { visible } from './format';
import { Inspector } from './inspector.svelte';
import { Introspecting } from './introspecting.svelte';
import { ipc, problemOf, type Unlisten } from './ipc';
import { openDialogs } from './keys';
import { Keychain } from './keychain.svelte';
import { Moving } from './moving.svelte';
import { Navigation, type Place } from './navigation.svelte';
import { Panes } from './panes.svelte';
import { Production } from './production.svelte';
import { Profiles } from './profiles.svelte';
import { Provisioning } from './provisioning.svelte';
import { Removal } from './removal.svelte';
import { Reviews } from './reviews.svelte';
import { needsSomebody } from './rotationState';
import { Rotations, subjectOf } from './rotations.svelte';
import { ServiceUsers } from './serviceUsers.svelte';
import { SettingsState } from './settings.svelte';
import { Status } from './status.svelte';
import { strings } from './strings';
import { Tokens, type Subject } from './tokens.svelte';
import { Zoom } from './zoom.svelte';
import type {
  CopyForm,
  Credential,
  CredentialId,
  Environment,
  EnvironmentId,
  Link,
  NewEnvironment,
  Problem,
  ServiceUser,
  ServiceUserDetail,
  ServiceUserId,
  ServiceUserRow,
  Startup,
  TokenView,
} from './bindings';

/** What is asked in a dialog of its own before it is done, from wherever it was requested. */
export type Question =
  | { what: 'edit'; user: ServiceUserRow }
  | { what: 'tag'; users: ServiceUserRow[] }
  | { what: 'move'; users: ServiceUserRow[] }
  | { what: 'remove'; users: ServiceUserRow[] }
  | { what: 'removeEnvironment'; environment: Environment }
  | { what: 'createUser'; environment: Environment }
  | { what: 'expiry'; credential: Credential; shownId: string };

export class AppState {
  readonly clock = new Clock();
  readonly status = new Status();
  readonly exports = new Exports(this.status);
  readonly agent = new Agent(
    () => this.#locked(),
    () => void this.keychain.load(),
  );
  readonly keychain = new Keychain();
  readonly environments = new Environments();
  readonly profiles = new Profiles(this.environments);
  readonly serviceUsers = new ServiceUsers();
  readonly detail = new Detail();
  readonly production = new Production();
  readonly navigation = new Navigation();
  readonly panes = new Panes();
  readonly inspector = new Inspector();
  readonly introspecting = new Introspecting(this.production, () => this.refresh());
  readonly provisioning = new Provisioning(this.production, () => this.refresh());
  readonly rotations = new Rotations(this.production, () => this.refresh());
  readonly settings = new SettingsState();
  readonly zoom = new Zoom(this.settings);
  readonly tokens = new Tokens(this.production, this.status, (id, token) => this.#settled(id, token));
  readonly demo = new Demo(this.status, (problem) => this.#demoChanged(problem));
  readonly removal = new Removal(this.status, this.serviceUsers, (problem) => {
    if (problem) this.problem = problem;
    return this.refresh();
  });
  readonly moving = new Moving(this.status, (row) => this.#test(row), async (problem) => {
    if (problem) this.problem = problem;
    await this.refresh();
  });
  readonly reviews = new Reviews(
    () => this.serviceUsers.of ?? this.detail.data?.environment.id ?? null,
    (id) => this.environments.own.some(({ environment }) => environment.id === id),
    (outcomes) => this.arrivals.imported(outcomes),
  );
  readonly arrivals = new Arrivals(this);

  startup = $state.raw<Startup | null>(null);
  question = $state.raw<Question | null>(null);
  /** Whether the sheet of shortcuts is open. */
  shortcuts = $state(false);
  palette = $state(false);
  /** Something that concerns no pane in particular, shown on top. */
  problem = $state.raw<Problem | null>(null);
  /** Settles once the first list is shown. */
  shown: Promise<void> = Promise.resolve();

  /** Starts everything; the reply stops it. */
  start(): () => void {
    const stopClock = this.clock.start();
    const listening = this.arrivals.listen();
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
    this.shown = this.#showFirstList();
    const listed = Promise.all([this.shown, this.profiles.load(), this.settings.load(), this.agent.load()]);
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
    await Promise.all([this.environments.load(), this.#loadRotations()]);
    if (this.#mayHaveChanged()) await this.refresh();
  }

  /** Whether the start may have begun the demo or repaired something; if not, no rows need come twice. */
  #mayHaveChanged(): boolean {
    if (this.startup === null || this.environments.list.some(({ environment }) => environment.demo)) return true;
    return this.startup.repaired.changed;
  }

  /**
   * Goes to the list shown last, else the only environment's or all: at once, as the start may wait for the
   * keychain, and rows that are changed under the pointer take its clicks with them.
   */
  async #showFirstList(): Promise<void> {
    await this.environments.load();
    await this.go({ kind: 'users', of: this.navigation.start(this.environments.list) });
  }

  /** Says after the start what rotations wait for. */
  async #loadRotations(): Promise<void> {
    await this.rotations.load();
    const waiting = this.rotations.open.filter((view) => needsSomebody(this.rotations.where(view)));
    const [first] = waiting;
    if (!first) return this.#loadCreations();
    const show = () => {
      this.status.dismiss();
      if (waiting.length === 1) this.rotations.show(first.rotation.id);
      else void this.go({ kind: 'radar' });
    };
    this.status.offer(strings.rotation.open.waits(waiting.length), { label: strings.rotation.open.show, run: show });
  }

  /** Says after the start that a creation was interrupted. */
  async #loadCreations(): Promise<void> {
    try {
      const [first] = await ipc.openCreations();
      const environment = first && this.environments.of(first.environment)?.environment;
      if (!environment) return;
      const show = () => {
        this.status.dismiss();
        this.ask({ what: 'createUser', environment });
      };
      this.status.offer(strings.rotation.create.open.waits(visible(first.name)), { label: strings.rotation.open.show, run: show });
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Loads all lists again. */
  async refresh(): Promise<void> {
    await Promise.all([this.environments.load(), this.serviceUsers.load(this.serviceUsers.of), this.detail.reload(), this.rotations.load()]);
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

  /** The service user that keys and the palette act on: the one that is shown. */
  get current(): ServiceUserRow | null {
    return this.navigation.place.kind === 'users' ? this.serviceUsers.row(this.detail.id) : null;
  }

  /** Goes to a service user in its environment's list. */
  async show(id: ServiceUserId, environment: EnvironmentId): Promise<void> {
    const there = this.navigation.place.kind === 'users' && this.serviceUsers.of === environment;
    if (!there) await this.go({ kind: 'users', of: environment });
    await this.select(id);
  }

  /** Goes to a service user's tab. */
  async showTab(id: ServiceUserId, environment: EnvironmentId, tab: Tab): Promise<void> {
    this.detail.hide();
    this.detail.tab = tab;
    if (this.navigation.place.kind === 'users' && this.serviceUsers.row(id)) await this.select(id);
    else await this.show(id, environment);
  }

  /** Who a token is for. */
  subject(id: ServiceUserId, environment: EnvironmentId): Subject {
    const name = this.environments.of(environment)?.environment.name ?? '';
    return { id, environment: { id: environment, name } };
  }

  /** Copies a row's token; a failure, and that there is nothing to mint with, is explained in the detail pane. */
  async copyFromRow(id: ServiceUserId, environment: EnvironmentId, form: CopyForm = 'token'): Promise<void> {
    const kind = this.serviceUsers.row(id)?.credentialKind;
    const mints = kind !== null && kind !== 'application-key';
    if (mints) await this.tokens.copy(this.subject(id, environment), form);
    if (mints && !this.tokens.problem(id)) return;
    await this.showTab(id, environment, kind === null ? 'credentials' : 'token');
  }

  /** Mints a new token and shows it. */
  async mintNew(id: ServiceUserId, environment: EnvironmentId): Promise<void> {
    await this.showTab(id, environment, 'token');
    await this.tokens.mint(this.subject(id, environment), { fresh: true });
  }

  async toggleFavourite(user: ServiceUser): Promise<void> {
    const problem = await this.serviceUsers.toggleFavourite(user);
    if (problem) this.problem = problem;
    else if (user.id === this.detail.id) await this.detail.reload();
  }

  async copyUserId(row: ServiceUserRow): Promise<void> {
    await this.status.copied(strings.detail.userId, row.userId);
  }

  /** Copies the public keys with which service users mint. */
  async copyPublicKeys(rows: ServiceUserRow[]): Promise<void> {
    try {
      const copied = await ipc.copyPublicKeys(rows.map(({ id }) => id));
      if (copied > 0) this.status.say(strings.commands.copiedKeys(copied));
      else this.status.fail(strings.commands.noKeys);
    } catch (thrown) {
      this.status.fail(problemOf(thrown).message);
    }
  }

  /** Opens the sheet that rotates a credential, by default the one that mints; or the rotation that is under way. */
  async rotate(id: ServiceUserId, which?: CredentialId): Promise<void> {
    await this.#withCredential(id, which, (credential, { serviceUser, environment }) =>
      this.rotations.ask(subjectOf(credential, serviceUser, environment)),
    );
  }

  /** Asks when the credential that a service user mints with expires. */
  async askExpiry(id: ServiceUserId): Promise<void> {
    await this.#withCredential(id, undefined, (credential, { serviceUser, environment }) =>
      this.ask({ what: 'expiry', credential, shownId: subjectOf(credential, serviceUser, environment).shownId }),
    );
  }

  async #withCredential(id: ServiceUserId, which: CredentialId | undefined, act: (credential: Credential, of: ServiceUserDetail) => void): Promise<void> {
    try {
      const detail = await ipc.serviceUser(id);
      const credential = detail.credentials.find((each) => each.id === (which ?? detail.serviceUser.defaultCredential));
      if (credential) act(credential, detail);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Moves service users to another environment and shows the one that was shown there. Rejects with a `Failure`. */
  async move(rows: ServiceUserRow[], to: Environment): Promise<void> {
    await this.moving.move(rows, to);
    this.serviceUsers.deselect();
    const [first] = rows;
    if (first && rows.length === 1) await this.show(first.id, to.id);
    else if (this.serviceUsers.row(this.detail.id) === null) await this.detail.open(null);
  }

  /** Tests a service user's credential; false if that failed. One that mints nothing isn't tested. */
  async #test({ id, environment, defaultCredential, credentialKind }: ServiceUserRow): Promise<boolean> {
    if (defaultCredential === null || credentialKind === 'application-key') return true;
    try {
      await this.tokens.tryOut(this.subject(id, environment), { credential: defaultCredential, own: true, takesOver: false }, {});
      return true;
    } catch {
      return false;
    }
  }

  /** Undoes what was removed or moved last. */
  async undo(): Promise<void> {
    if (this.removal.pending.length > 0) this.removal.undo();
    else await this.moving.undo();
  }

  /** Opens the palette, unless a dialog has the keyboard. */
  openPalette(): void {
    if (openDialogs().length === 0) this.palette = true;
  }

  /** Asks a question in its dialog. */
  ask(question: Question): void {
    this.question = question;
  }

  /** Adds an environment in the editor and goes there. */
  async addEnvironment(proposal: NewEnvironment | null = null): Promise<void> {
    const saved = await this.environments.edit(null, proposal);
    if (saved) await this.go({ kind: 'users', of: saved.id });
  }

  /** Changes an environment in the editor. */
  async changeEnvironment(environment: Environment): Promise<void> {
    if (await this.environments.edit(environment)) await this.refresh();
  }

  /** Opens a page about Mintage in the browser. */
  async openLink(link: Link): Promise<void> {
    try {
      await ipc.openLink(link);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Asks the system to unlock the keychain. */
  async unlockKeychain(): Promise<void> {
    if (await this.keychain.unlock()) this.status.say(strings.shell.status.unlocked);
  }

  /** Quits; what is being removed is removed first. */
  async quit(): Promise<void> {
    await this.removal.finish();
    await ipc.quit();
  }

  async #demoChanged(problem: Problem | null): Promise<void> {
    this.problem = problem;
    await Promise.all([this.environments.load(), this.rotations.load()]);
    await this.detail.open(null);
    const demo = this.environments.list.find((each) => each.environment.demo);
    await this.go({ kind: 'users', of: demo?.environment.id ?? null });
  }

  /** No token stays: those that were revealed or pasted go, and the clipboard's was cleared. The lists show it. */
  #locked(): void {
    this.detail.hide();
    this.inspector.clear();
    this.status.replaced();
    this.palette = false;
    void this.refresh();
    void this.keychain.load();
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

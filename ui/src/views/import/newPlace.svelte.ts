/**
 * The environment that is made on the import sheet: its address is checked while one reads, its tier is asked. An
 * address that only a token names is contacted once the user says so, by checking it or by importing.
 */
import type { AppState } from '../../lib/app.svelte';
import { Asked } from '../../lib/asked.svelte';
import { ipc, problemOf } from '../../lib/ipc';
import type { Environment, EnvironmentCheck, NewEnvironment, Problem, ProviderView } from '../../lib/bindings';
import { EnvironmentForm } from '../environment/form.svelte';

/** The address is checked when typing pauses, in milliseconds. */
const PAUSE = 600;

export class NewPlace {
  readonly form = new EnvironmentForm(null);
  readonly checked = new Asked<EnvironmentCheck>();
  /** Set once the user tried to import: from then on, what is missing is pointed out. */
  tried = $state(false);
  /** Why it could not be saved. */
  problem = $state.raw<Problem | null>(null);
  /** Whether the address comes from a token on the clipboard. */
  fromClipboard = $state(false);
  /** Whether it was proposed as far as that is possible, with an address. */
  proposed = $state(false);
  /** Whether the user let it be contacted. */
  #contacted = $state(false);
  /** Whether it is still being proposed: until then, only its address may be said to be missing. */
  #proposing = $state(false);
  /** Whether the user typed its address, which then is no proposal, however late that comes. */
  #typed = false;
  #checkedFor = '';
  #check: Promise<void> = Promise.resolve();
  /** The settings that the user was told don't work when they tried to import. */
  #warnedOf = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly app: AppState) {}

  get provider(): ProviderView | null {
    return this.app.environments.provider(this.form.provider);
  }

  /** Whether its address is only a token's word, which the user hasn't taken up. */
  get waits(): boolean {
    return this.fromClipboard && !this.#contacted;
  }

  /** Hosts that the server names and that aren't confirmed. */
  get hosts(): string[] {
    return this.checked.current?.unconfirmedHosts ?? [];
  }

  /** Why it could not be saved, or what its server lacks. */
  get refused(): Problem | null {
    return this.problem ?? this.checked.problem ?? this.checked.current?.problems[0] ?? null;
  }

  /** Whether the user was told that it can't be reached, and may add it anyway. */
  get warned(): boolean {
    return this.refused !== null && this.#warnedOf === this.form.fingerprint();
  }

  /** What the full editor starts from. */
  get proposal(): NewEnvironment {
    const { provider, providerFrom, issuer, endpoints } = this.form;
    return { provider: provider || null, providerFrom, issuer: issuer.trim() || null, tokenEndpoint: endpoints.token || null };
  }

  /** Whether something is missing that can't be guessed. */
  get lacks(): 'issuer' | 'provider' | 'tier' | 'parameters' | null {
    if (this.#proposing || !this.form.issuer.trim()) return 'issuer';
    if (!this.provider) return 'provider';
    if (this.provider.parameters.some((each) => this.form.lacks(each))) return 'parameters';
    return this.form.tier === null ? 'tier' : null;
  }

  /** Starts from what the files name, else from the issuer of a token on the clipboard. */
  async propose(from: NewEnvironment | null): Promise<void> {
    const { providers } = this.app.environments;
    this.#proposing = true;
    if (from) this.form.propose(from, providers);
    if (!this.form.issuer.trim()) {
      const issuer = await ipc.clipboardIssuer().catch(() => null);
      if (issuer && !this.form.issuer.trim()) {
        this.form.issuer = issuer;
        this.fromClipboard = true;
      }
    }
    await this.form.follow(providers);
    if (this.fromClipboard && this.form.sameIssuer) {
      // There is such an environment already; whoever wants a new one means another.
      this.form.issuer = '';
      this.fromClipboard = false;
      await this.form.follow(providers);
    }
    this.#proposing = false;
    if (this.#typed || !this.form.issuer.trim()) return;
    this.proposed = true;
    if (!this.waits) await this.check();
  }

  /** The address was changed by typing. */
  typed(): void {
    this.#typed = true;
    this.fromClipboard = false;
    this.problem = null;
    void this.form.follow(this.app.environments.providers);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), PAUSE);
  }

  /** Checks the address; one that is half typed only fails. */
  async check(): Promise<void> {
    clearTimeout(this.#timer);
    await this.form.settled();
    if (!this.form.host || this.#checkedFor === this.form.fingerprint()) return;
    this.#contacted = true;
    this.#checkedFor = this.form.fingerprint();
    const draft = this.form.draft();
    this.#check = this.checked.ask(() => ipc.checkEnvironment(draft)).then(() => undefined);
    await this.#check;
  }

  /** Checks the same address with plain http. */
  async tryHttp(address: string): Promise<void> {
    this.form.issuer = address;
    void this.form.follow(this.app.environments.providers);
    await this.check();
  }

  /** Saves it; null if something is missing or it was refused. */
  async save(): Promise<Environment | null> {
    this.tried = true;
    this.problem = null;
    await this.form.settled();
    if (this.lacks) {
      if (this.refused) this.#warnedOf = this.form.fingerprint();
      return null;
    }
    if (!(await this.#mayAdd())) return null;
    if (this.hosts.some((host) => !this.form.confirmedHosts.includes(host))) return null;
    clearTimeout(this.#timer);
    try {
      return await this.app.environments.save(null, this.form.draft());
    } catch (thrown) {
      this.problem = problemOf(thrown);
      return null;
    }
  }

  /** Checks the address. One that fails is shown before anything is stored, and added the next time. */
  async #mayAdd(): Promise<boolean> {
    await this.check();
    await this.#check;
    if (this.refused === null || this.warned) return true;
    this.#warnedOf = this.form.fingerprint();
    return false;
  }
}

/** The Inspector's state: the token, the issuer it's checked against, and the result. */
import { Asked } from './asked.svelte';
import { ipc } from './ipc';
import type { EnvironmentId, Inspection, TokenFrom } from './bindings';

/** Typed text is read when typing pauses. */
const PAUSE = 300;

/** Represents an issuer given by its address in the list of environments. */
export const NAMED = 'named';

export class Inspecting {
  text = $state('');
  against = $state<EnvironmentId | typeof NAMED | ''>('');
  /** Where the token shown came from; null while there is none. */
  from = $state<'text' | 'clipboard' | null>(null);
  /** The address of another issuer, as it is being typed. */
  issuer = $state('');
  readonly found = new Asked<Inspection>();

  /** The issuer that was asked for its keys, because the user said so; another address must be said anew. */
  #agreed = $state.raw<{ issuer: string; confirmedHosts: string[] } | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What the token shown calls its issuer. */
  told = $derived(this.found.current?.claims?.payload.find((claim) => claim.name === 'iss')?.value ?? '');

  /** The same, where that is an address; to be offered, never to be followed. */
  suggested = $derived(/^https?:\/\/\S+$/.test(this.told) && this.told !== this.issuer.trim() ? this.told : null);

  /** The text changed: at once where it was pasted, at the next pause where it is typed. */
  changed(pasted: boolean): void {
    clearTimeout(this.#timer);
    if (!this.text.trim()) this.clear();
    else if (pasted) void this.inspectText();
    else this.#timer = setTimeout(() => void this.inspectText(), PAUSE);
  }

  async inspectText(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.text.trim()) return;
    this.from = 'text';
    await this.#inspect({ from: 'text', text: this.text });
  }

  /** Inspects the clipboard; the core reads it. What was typed stays unless a token was found. */
  async inspectClipboard(): Promise<void> {
    clearTimeout(this.#timer);
    this.from = 'clipboard';
    if (await this.#inspect({ from: 'clipboard' })) this.text = '';
  }

  /** Checks the same token against another environment, a named issuer, or nothing. */
  async checkAgainst(environment: EnvironmentId | typeof NAMED | ''): Promise<void> {
    this.against = environment;
    this.#agreed = null;
    await this.again();
  }

  /** Checks against nothing where the environment that was chosen is gone; what it said is gone with it. */
  keepTo(environments: readonly EnvironmentId[]): void {
    if (this.against === '' || this.against === NAMED || environments.includes(this.against)) return;
    // The clipboard is read only when that is asked for.
    if (this.from === 'clipboard') this.clear();
    void this.checkAgainst('');
  }

  /** Fetches the keys of the issuer that was named, and checks the token with them. */
  async checkNamed(): Promise<void> {
    const issuer = this.issuer.trim();
    if (!issuer) return;
    if (this.#agreed?.issuer !== issuer) this.#agreed = { issuer, confirmedHosts: [] };
    await this.again();
  }

  /** Agrees to another host that the named issuer keeps its keys on. */
  async confirm(host: string): Promise<void> {
    if (!this.#agreed) return;
    this.#agreed = { ...this.#agreed, confirmedHosts: [...this.#agreed.confirmedHosts, host] };
    await this.again();
  }

  /** Inspects the same token once more. */
  async again(): Promise<void> {
    if (this.from === 'clipboard') await this.inspectClipboard();
    else await this.inspectText();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.text = '';
    this.from = null;
    this.found.clear();
  }

  #inspect(token: TokenFrom): Promise<Inspection | null> {
    const named = this.against === NAMED ? this.#agreed : null;
    const environment = this.against === NAMED ? null : this.against || null;
    return this.found.ask(() => {
      if (named) return ipc.inspectAt(token, named);
      return token.from === 'text' ? ipc.inspectText(token.text, environment) : ipc.inspectClipboard(environment);
    });
  }
}

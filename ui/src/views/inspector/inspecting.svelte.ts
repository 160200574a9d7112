/** The Inspector's state: which token is looked at, against which environment, and what was found. */
import { Asked } from '../lib/asked.svelte';
import { ipc } from '../lib/ipc';
import type { EnvironmentId, Inspection } from '../lib/types';

/** Typing by hand is read when it pauses. */
const PAUSE = 300;

export class Inspecting {
  text = $state('');
  against = $state<EnvironmentId | ''>('');
  /** Where the token shown came from; null while there is none. */
  from = $state<'text' | 'clipboard' | null>(null);
  readonly found = new Asked<Inspection>();

  #timer: ReturnType<typeof setTimeout> | undefined;

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
    await this.found.ask(() => ipc.inspectText(this.text, this.against || null));
  }

  /** Inspects the clipboard; the core reads it. What was typed stays unless a token was found. */
  async inspectClipboard(): Promise<void> {
    clearTimeout(this.#timer);
    this.from = 'clipboard';
    if (await this.found.ask(() => ipc.inspectClipboard(this.against || null))) this.text = '';
  }

  /** Checks the same token against another environment, or none. */
  async checkAgainst(environment: EnvironmentId | ''): Promise<void> {
    this.against = environment;
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
}

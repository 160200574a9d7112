/** The status line: what was just done. One message at a time; a new one replaces the last. */
import { ipc, problemOf } from './ipc';
import { strings } from './strings';
import type { Copied } from './types';

/** A message; `copied` is written by the screen, as its life left counts down. */
export type Message = { kind: 'text'; text: string } | { kind: 'copied'; copied: Copied; at: number };

const STAYS = 4000;

export class Status {
  message = $state.raw<Message | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Says something for a few seconds. */
  say(text: string): void {
    this.#show({ kind: 'text', text }, STAYS);
  }

  /** Confirms a copied token for as long as it stays on the clipboard. */
  confirm(copied: Copied): void {
    this.#show({ kind: 'copied', copied, at: Date.now() }, copied.clearsAfter * 1000);
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.message = null;
  }

  /** Copies harmless text and says so; false if that failed, which is said too. */
  async copyText(what: string, text: string): Promise<boolean> {
    try {
      await ipc.copyText(text);
      this.say(strings.shell.status.textCopied(what));
      return true;
    } catch (thrown) {
      this.say(problemOf(thrown).message);
      return false;
    }
  }

  #show(message: Message, stays: number): void {
    clearTimeout(this.#timer);
    this.message = message;
    this.#timer = setTimeout(() => (this.message = null), stays);
  }
}

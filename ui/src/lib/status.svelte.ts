/** The status line: what was just done. One message at a time; a new one replaces the last. */
import { plain, uncapitalized, visible } from './format';
import { ipc, problemOf } from './ipc';
import { strings } from './strings';
import type { Copied } from './bindings';

/** A copied token and when that was; the screen writes it, as it counts down until the clipboard is cleared. */
export interface CopiedMessage {
  kind: 'copied';
  copied: Copied;
  at: number;
}

/** What can be done about a message, beside it. */
export interface MessageAction {
  label: string;
  run: () => void;
}

export type Message = { kind: 'text'; text: string; failed: boolean; action?: MessageAction; holds?: boolean; until?: number; counts?: (seconds: number) => string } | CopiedMessage;

const STAYS = 4000;

export class Status {
  message = $state.raw<Message | null>(null);
  /** What is read out but not shown, because the eye sees it in its place already. */
  aside = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Says something for a few seconds. */
  say(text: string): void {
    this.#show({ kind: 'text', text, failed: false }, STAYS);
  }

  /** Says something and offers to do something about it. */
  offer(text: string, action: MessageAction, stays = STAYS * 2): void {
    this.#show({ kind: 'text', text, failed: false, action }, stays);
  }

  /** Says what will happen in a while, counting down, and offers to stop it. */
  countdown(counts: (seconds: number) => string, stays: number, action: MessageAction): void {
    this.#show({ kind: 'text', text: counts(Math.round(stays / 1000)), failed: false, action, counts, until: Date.now() + stays }, stays);
  }

  /** Ends what is said of a token that is no longer on the clipboard. */
  replaced(): void {
    if (this.message?.kind === 'copied' || this.message?.holds) this.dismiss();
  }

  /** Says that something did not work, where no place of its own could say it. */
  fail(text: string): void {
    this.#show({ kind: 'text', text: plain(text), failed: true }, STAYS * 2);
  }

  /** Confirms a copied token for as long as it stays on the clipboard; or says why it isn't there. */
  confirm(copied: Copied): void {
    if (copied.overtaken) return this.say(strings.shell.status.overtaken(visible(copied.serviceUser)));
    this.#show({ kind: 'copied', copied, at: Date.now() }, copied.clearsAfter * 1000);
  }

  /**
   * Says after a failed copy what the clipboard still holds, for as long as it does: a confirmation of
   * another token would be read as one of this.
   */
  copyFailed(): void {
    if (this.message?.kind !== 'copied') return;
    const { copied, at } = this.message;
    const left = at + copied.clearsAfter * 1000 - Date.now();
    const text = strings.shell.status.stillHolds(visible(copied.serviceUser), visible(copied.environment));
    this.#show({ kind: 'text', text, failed: true, holds: true }, Math.max(left, STAYS));
  }

  dismiss(): void {
    clearTimeout(this.#timer);
    this.message = null;
  }

  /** Copies harmless text; false if that failed. The button shows that it is done, so it is only read out. */
  async copyText(what: string, text: string): Promise<boolean> {
    try {
      await ipc.copyText(text);
      // The same words twice would not be read out twice.
      const said = strings.shell.status.textCopied(what);
      this.aside = this.aside === said ? `${said}\u00a0` : said;
      return true;
    } catch (thrown) {
      this.fail(problemOf(thrown).message);
      return false;
    }
  }

  /** Copies harmless text from a menu, where no button shows that it is done. */
  async copied(what: string, text: string): Promise<void> {
    if (await this.copyText(what, text)) this.say(strings.shell.status.textCopied(uncapitalized(what)));
  }

  #show(message: Message, stays: number): void {
    clearTimeout(this.#timer);
    this.message = message;
    this.#timer = setTimeout(() => (this.message = null), stays);
  }
}

/** What reaches the page from outside it: the shell's events, and what is pasted. It goes where it belongs. */
import type { AppState } from './app.svelte';
import { ipc, problemOf, type Unlisten } from './ipc';
import type { ImportOutcome, Pasted, TrayCopied, Wanted } from './bindings';

export class Arrivals {
  /** Whether files are held over the window. */
  dragOver = $state(false);

  constructor(private readonly app: AppState) {}

  /** Subscribes to all events of the shell. */
  listen(): Promise<Unlisten>[] {
    const { app } = this;
    return [
      ipc.onFilesReviewed((event) => app.reviews.receive(event)),
      ipc.onDragOver(({ over }) => (this.dragOver = over)),
      ipc.onWanted((event) => void this.#wanted(event)),
      ipc.onTrayCopied((event) => void this.#copiedInTray(event)),
      ipc.onAgentChanged((event) => app.agent.changed(event)),
      ipc.onClipboardReplaced(() => app.status.replaced()),
      ipc.onRotationChanged((event) => app.rotations.receive(event)),
      ipc.onExpiryChanged(() => void app.refresh()),
    ];
  }

  /**
   * Pastes whatever is on the clipboard where it belongs: a token in the Inspector, an address as a new environment,
   * anything else under review. The core reads it; the page learns only what it is.
   */
  async paste(): Promise<void> {
    const { app } = this;
    const pasted = await this.#read();
    if (pasted === null) return;
    if (pasted.kind === 'key') return app.reviews.take([pasted.review]);
    // A sheet that is open was empty, and would lie over what comes.
    if (app.reviews.open && app.reviews.list.length === 0) await app.reviews.close();
    if (pasted.kind === 'token') await app.go({ kind: 'inspector', action: 'pasted' });
    else await app.addEnvironment({ provider: null, providerFrom: 'source', issuer: pasted.issuer, tokenEndpoint: null });
  }

  /** What is on the clipboard; null if nothing could be read, which is said. */
  async #read(): Promise<Pasted | null> {
    const { reviews } = this.app;
    reviews.busy = true;
    try {
      return await ipc.paste();
    } catch (thrown) {
      reviews.refuse(problemOf(thrown));
      return null;
    } finally {
      reviews.busy = false;
    }
  }

  /** Shows what an import has changed. */
  async imported(outcomes: ImportOutcome[]): Promise<void> {
    for (const { serviceUser } of outcomes) this.app.tokens.clear(serviceUser);
    await this.app.refresh();
  }

  async #wanted({ what }: Wanted): Promise<void> {
    const { app } = this;
    // What is requested while the window loads opens on top of it.
    await app.shown;
    if (what === 'radar' || what === 'settings' || what === 'programs') await app.go({ kind: what });
    else if (what === 'question') return;
    else app.openPalette();
  }

  /** Confirms what was copied from the tray. What couldn't be copied continues here, in front of the user. */
  async #copiedInTray({ serviceUser, environment, copied, problem }: TrayCopied): Promise<void> {
    const { app } = this;
    if (copied) {
      app.tokens.noteCopied(serviceUser, copied);
    } else if (problem) {
      await app.show(serviceUser, environment);
      await app.tokens.resume(app.subject(serviceUser, environment), 'token', problem);
    }
  }
}

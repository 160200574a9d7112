/** The review of a profile's text while it is edited, and the form beside it. */
import { Asked } from '../../lib/asked.svelte';
import { ipc } from '../../lib/ipc';
import type { ProviderReview } from '../../lib/bindings';
import type { Json } from './ProfileForm.svelte';

/** It is reviewed when typing pauses, in milliseconds. */
const PAUSE = 400;

export class Reviewing {
  readonly found = new Asked<ProviderReview>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The profile as the form shows it; null while the text can't be read. */
  document = $derived.by((): { [name: string]: Json } | null => {
    const review = this.found.current;
    return review ? (JSON.parse(review.document) as { [name: string]: Json }) : null;
  });

  /** Reviews a text at the next pause, or at once. */
  follow(text: string, pause = PAUSE): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.found.ask(() => ipc.reviewProvider(text)), pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

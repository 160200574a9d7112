/** What the Inspector holds until it is cleared or the window closes, wherever one goes meanwhile; never written down. */
import { Comparing } from './comparing.svelte';
import { Inspecting } from './inspecting.svelte';

export type Mode = 'one' | 'two';

export class Inspector {
  readonly inspecting = new Inspecting();
  readonly comparing = new Comparing();
  mode = $state<Mode>('one');

  /** Forgets the tokens. */
  clear(): void {
    this.inspecting.clear();
    this.comparing.clear();
  }

  turnTo(next: Mode): void {
    this.mode = next;
    // What is looked at is most likely one of the two that are to be compared.
    if (next === 'two' && !this.comparing.first.token && this.inspecting.text.trim()) {
      this.comparing.first.text = this.inspecting.text;
      this.comparing.changed();
    }
  }
}

/** A search of the record: what is wanted, what was found, and saving it. */
import { Asked } from '../../lib/asked.svelte';
import { ipc } from '../../lib/ipc';
import type { ActivityFilter, ActivityPage, Deed, EnvironmentId, ExportForm, Outcome, ServiceUserId } from '../../lib/types';

/** Typing by hand is searched for when it pauses. */
const PAUSE = 150;

export class Searching {
  deed = $state<Deed | ''>('');
  environment = $state<EnvironmentId | ''>('');
  outcome = $state<Outcome | ''>('');
  text = $state('');
  /** Whose entries alone are shown; null for everybody's. */
  of = $state.raw<{ id: ServiceUserId; name: string } | null>(null);
  readonly found = new Asked<ActivityPage>();
  readonly saved = new Asked<string | null>();
  narrowed = $derived(Boolean(this.deed || this.environment || this.outcome || this.text.trim() || this.of));

  #timer: ReturnType<typeof setTimeout> | undefined;

  filter(): ActivityFilter {
    return {
      deed: this.deed || null,
      environment: this.environment || null,
      serviceUser: this.of?.id ?? null,
      outcome: this.outcome || null,
      text: this.text.trim(),
    };
  }

  /** Searches at once. */
  async search(): Promise<void> {
    clearTimeout(this.#timer);
    await this.found.ask(() => ipc.findActivity(this.filter()));
  }

  /** Searches at the next pause of typing. */
  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.search(), PAUSE);
  }

  /** Shows one service user's entries, or everybody's. */
  async show(of: { id: ServiceUserId; name: string } | null): Promise<void> {
    this.of = of;
    await this.search();
  }

  async clear(): Promise<void> {
    this.deed = '';
    this.environment = '';
    this.outcome = '';
    this.text = '';
    this.of = null;
    await this.search();
  }

  /** Saves all that was found where the system's dialog says; the file's name, or null if that was cancelled. */
  save(form: ExportForm): Promise<string | null> {
    return this.saved.ask(() => ipc.exportActivity(this.filter(), form));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** An activity search: its filter, its results and their export. */
import { Asked } from '../../lib/asked.svelte';
import { ipc } from '../../lib/ipc';
import type { ActivityFilter, ActivityPage, Action, EnvironmentId, ExportForm, Outcome, ServiceUserId } from '../../lib/bindings';

/** Typing triggers a search when it pauses. */
const PAUSE = 150;

export class Searching {
  action = $state<Action | ''>('');
  environment = $state<EnvironmentId | ''>('');
  outcome = $state<Outcome | ''>('');
  text = $state('');
  /** The service user whose entries are shown; null for all. */
  of = $state.raw<{ id: ServiceUserId; name: string } | null>(null);
  readonly found = new Asked<ActivityPage>();
  readonly saved = new Asked<string | null>();
  narrowed = $derived(Boolean(this.action || this.environment || this.outcome || this.text.trim() || this.of));

  #timer: ReturnType<typeof setTimeout> | undefined;

  filter(): ActivityFilter {
    return {
      action: this.action || null,
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

  /** Shows one service user's entries, or all. */
  async show(of: { id: ServiceUserId; name: string } | null): Promise<void> {
    this.of = of;
    await this.search();
  }

  async clear(): Promise<void> {
    this.action = '';
    this.environment = '';
    this.outcome = '';
    this.text = '';
    this.of = null;
    await this.search();
  }

  /** Saves all results where the user chooses; resolves to the file's name, or null if cancelled. */
  save(form: ExportForm): Promise<string | null> {
    return this.saved.ask(() => ipc.exportActivity(this.filter(), form));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

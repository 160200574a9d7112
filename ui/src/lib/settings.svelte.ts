/** The settings, and what of the desktop they speak of. A change applies at once; one that is refused is taken back. */
import { SvelteMap } from 'svelte/reactivity';
import { ipc, problemOf } from './ipc';
import { applyTheme } from './theme';
import type { DesktopState, Problem, Settings } from './bindings';

export type Member = keyof Settings;

export class SettingsState {
  current = $state.raw<Settings | null>(null);
  desktop = $state.raw<DesktopState | null>(null);
  /** Why the settings could not be read. */
  problem = $state.raw<Problem | null>(null);
  /** How many changes are under way. */
  changing = $state(0);

  /** Changes that were refused, each until the next of the same setting. */
  #refused = new SvelteMap<Member, Problem>();
  /** Changes are made one after the other, each on what the one before left. */
  #last: Promise<unknown> = Promise.resolve();

  async load(): Promise<void> {
    try {
      this.#take(await ipc.settings());
      this.#refused.clear();
      this.problem = null;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Reloads the desktop's state: a tray may have appeared, a shortcut may be taken. */
  async look(): Promise<void> {
    try {
      this.desktop = await ipc.desktopState();
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Changes one setting; false if it was refused. */
  change<M extends Member>(member: M, value: Settings[M]): Promise<boolean> {
    this.changing += 1;
    const change = this.#last.then(() => this.#change(member, value)).finally(() => (this.changing -= 1));
    this.#last = change;
    return change;
  }

  /** Why the last change of this setting was refused, if it was. */
  problemOf(member: Member): Problem | null {
    return this.#refused.get(member) ?? null;
  }

  /** Forgets why a change was refused: its field shows the setting again. */
  forgive(member: Member): void {
    this.#refused.delete(member);
  }

  async #change<M extends Member>(member: M, value: Settings[M]): Promise<boolean> {
    const before = this.current;
    if (!before) return false;
    this.#refused.delete(member);
    this.#take({ ...before, [member]: value });
    try {
      await ipc.changeSettings(before, { ...before, [member]: value });
      await this.look();
      return true;
    } catch (thrown) {
      this.#take(before);
      this.#refused.set(member, problemOf(thrown));
      return false;
    }
  }

  #take(settings: Settings): void {
    this.current = settings;
    applyTheme(settings.theme);
  }
}

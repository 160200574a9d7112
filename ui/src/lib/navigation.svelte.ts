/** The current place in the rail, and the pane that a narrow window shows. The page remembers the last list. */
import type { EnvironmentId, EnvironmentOverview, ServiceUserId } from './bindings';

export type Place =
  | { kind: 'users'; of: EnvironmentId | null }
  /** The action the Inspector starts with, if any. */
  | { kind: 'inspector'; action?: 'clipboard' | 'pasted' | 'compare' }
  /** The service user whose activity is shown, if it's only one. */
  | { kind: 'activity'; of?: { id: ServiceUserId; name: string } }
  | { kind: 'radar' }
  | { kind: 'programs' }
  | { kind: 'settings' }
  | { kind: 'profiles' };

export type Pane = 'rail' | 'list' | 'detail';

const KEY = 'list';
/** Means the list of all. */
const ALL = 'all';

export class Navigation {
  #place = $state.raw<Place>({ kind: 'users', of: null });

  /** The kind of place that was left last. */
  before: Place['kind'] | null = null;

  get place(): Place {
    return this.#place;
  }

  set place(place: Place) {
    this.before = this.#place.kind;
    this.#place = place;
    if (place.kind === 'users') localStorage.setItem(KEY, place.of ?? ALL);
  }

  /** Whose list to start with: the one shown last, else the only one, else all. */
  start(list: readonly EnvironmentOverview[]): EnvironmentId | null {
    const last = localStorage.getItem(KEY);
    if (list.some((each) => each.environment.id === last)) return last;
    const [first, second] = list;
    return first && !second ? first.environment.id : null;
  }

  /** The pane in front where not all fit. */
  pane = $state<Pane>('list');
}

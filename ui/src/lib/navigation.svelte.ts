/** Where one is: the place chosen in the rail, and which pane a narrow window shows. The list shown last is kept by the page. */
import type { EnvironmentId, EnvironmentOverview, ServiceUserId } from './types';

export type Place =
  | { kind: 'users'; of: EnvironmentId | null }
  /** What the Inspector is opened for, where it is more than to look. */
  | { kind: 'inspector'; wish?: 'clipboard' | 'compare' }
  /** Whose record, where it is one service user's. */
  | { kind: 'activity'; of?: { id: ServiceUserId; name: string } }
  | { kind: 'radar' }
  | { kind: 'settings' }
  | { kind: 'profiles' };

export type Pane = 'rail' | 'list' | 'detail';

const KEY = 'list';
/** Stands for the list of all. */
const ALL = 'all';

export class Navigation {
  #place = $state.raw<Place>({ kind: 'users', of: null });

  get place(): Place {
    return this.#place;
  }

  set place(place: Place) {
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

/** Where one is: the place chosen in the rail, and which pane a narrow window shows. */
import type { EnvironmentId, ServiceUserId } from './types';

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

export class Navigation {
  place = $state.raw<Place>({ kind: 'users', of: null });
  /** The pane in front where not all fit. */
  pane = $state<Pane>('list');
}

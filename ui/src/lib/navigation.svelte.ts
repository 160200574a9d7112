/** Where one is: the place chosen in the rail, and which pane a narrow window shows. */
import type { EnvironmentId } from './types';

export type Place =
  | { kind: 'users'; of: EnvironmentId | null }
  | { kind: 'inspector' }
  | { kind: 'radar' }
  | { kind: 'activity' }
  | { kind: 'settings' };

export type Pane = 'rail' | 'list' | 'detail';

export class Navigation {
  place = $state.raw<Place>({ kind: 'users', of: null });
  /** The pane in front where not all fit. */
  pane = $state<Pane>('list');
}

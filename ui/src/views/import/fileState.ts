/** The state of a file under review, in one word: for the table of many files, and its totals. */
import type { Review } from '../../lib/bindings';
import type { Importing } from './importing.svelte';
import { isSealed } from './keyImport.svelte';

export type FileState = 'ready' | 'details' | 'unusable' | 'busy' | 'imported' | 'same' | 'failed';

/** The filters of the table; what is already there counts as imported. */
export type Filter = 'all' | 'ready' | 'details' | 'unusable' | 'imported' | 'failed';

export function stateOf(review: Review, importing: Importing, next: ReadonlySet<string>): FileState {
  const item = importing.of(review);
  if (item.problem || (item.stage === 'done' && item.tested.kind === 'failed')) return 'failed';
  if (item.stage === 'importing' || item.stage === 'testing') return 'busy';
  if (item.imported) return item.imported.outcome.unchanged ? 'same' : 'imported';
  if (!review.facts) return isSealed(review) ? 'details' : 'unusable';
  return next.has(review.id) ? 'ready' : 'details';
}

export function filterOf(state: FileState): Exclude<Filter, 'all'> {
  if (state === 'busy' || state === 'same') return 'imported';
  return state;
}

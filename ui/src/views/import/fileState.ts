/** The state of a file under review, in one word: for the table of many files, and its totals. */
import { until } from '../../lib/format';
import type { Review } from '../../lib/bindings';
import type { Importing } from './importing.svelte';
import { isSealed } from './keyImport.svelte';

export type FileState = 'ready' | 'details' | 'unusable' | 'busy' | 'imported' | 'same' | 'refused' | 'failed';

/** What is worth knowing of a file before it is imported, though it can be. */
export type Remark = 'expired' | 'known' | 'introspects';

/** The filters of the table; what is already there counts as imported. */
export type Filter = 'all' | 'ready' | 'details' | 'unusable' | 'imported' | 'failed';

export function stateOf(review: Review, importing: Importing, next: ReadonlySet<string>): FileState {
  const item = importing.of(review);
  if (item.problem) return 'failed';
  if (item.stage === 'done' && item.tested.kind === 'failed') return 'refused';
  if (item.stage === 'importing' || item.stage === 'testing') return 'busy';
  if (item.imported) return item.imported.outcome.unchanged ? 'same' : 'imported';
  if (!review.facts) return isSealed(review) ? 'details' : 'unusable';
  return next.has(review.id) ? 'ready' : 'details';
}

export function filterOf(state: FileState): Exclude<Filter, 'all'> {
  if (state === 'busy' || state === 'same') return 'imported';
  return state === 'refused' ? 'failed' : state;
}

/** The most telling remark about a file that is ready; null if there is none. */
export function remarkOf({ facts }: Review, environment: string | undefined, now: number): Remark | null {
  if (!facts) return null;
  if ((until(facts.expiresAt, now) ?? 1) < 0) return 'expired';
  if (environment !== undefined && facts.importedIn.includes(environment)) return 'known';
  return facts.kind === 'application-key' ? 'introspects' : null;
}

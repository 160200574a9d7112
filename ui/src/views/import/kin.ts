/** Which key files of the sheet belong together. */
import type { Review } from '../../lib/types';
import type { Importing } from './importing.svelte';

export interface Kin {
  review: Review;
  /** Whether it is the same key, and not only for the same service user. */
  sameKey: boolean;
}

/** The first one before it in the sheet that goes in as the same key, else for the same service user. */
export function kinBefore(review: Review, importing: Importing): Kin | null {
  const { pending } = importing;
  const earlier = pending.slice(0, Math.max(0, pending.indexOf(review)));
  const keyOf = (each: Review) => each.facts?.key?.fingerprint;
  const ownerOf = (each: Review) => importing.of(each).ownerIdOf(each);
  const first = (of: (each: Review) => string | undefined) => earlier.find((each) => of(review) && of(each) === of(review));
  const [sameKey, sameOwner] = [first(keyOf), first(ownerOf)];
  if (sameKey) return { review: sameKey, sameKey: true };
  return sameOwner ? { review: sameOwner, sameKey: false } : null;
}

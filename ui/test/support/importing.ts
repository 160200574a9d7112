/** Key files under review, and what importing them gives, for the tests of the import sheet. */
import { problem, reviews } from '../../src/gallery/data';
import { reviewsOfKinds, secretReview } from '../../src/gallery/kinds';
import { Failure } from '../../src/lib/ipc';
import type { ImportOutcome, Review } from '../../src/lib/types';

export const STAGING = '00000000-0000-4000-8000-000000000002';
export const PRODUCTION = '00000000-0000-4000-8000-000000000003';
export const [json, pem, sealed, certificate] = reviews() as [Review, Review, Review, Review];
export const [application, secret] = reviewsOfKinds() as [Review, Review, Review, Review];
export const aloneSecret = secretReview('client-secret', 'typed');
export const aloneToken = secretReview('personal-token', null);

export function fail(code: string): never {
  throw new Failure(problem(code, `it is ${code}`, 'do something'));
}

export function outcome(change: Partial<ImportOutcome> = {}): ImportOutcome {
  return { serviceUser: 'u1', credential: 'new', unchanged: false, learned: [], newServiceUser: true, replaced: 'nothing', ...change };
}

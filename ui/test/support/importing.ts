/** Key files under review, and what importing them gives, for the tests of the import sheet. */
import { vi } from 'vitest';
import { fakeCore } from '../../src/gallery/core';
import { problem, reviews, serviceUsers, token } from '../../src/gallery/data';
import { userinfo } from '../../src/gallery/inspections';
import { planOf } from '../../src/gallery/plan';
import { reviewsOfKinds, secretReview } from '../../src/gallery/kinds';
import { AppState } from '../../src/lib/app.svelte';
import { Failure, problemOf, replaceIpc, type Ipc } from '../../src/lib/ipc';
import type { CredentialTest, Imported, ImportOutcome, ImportRequest, PlanEntry, PlanItem, PlanRequest, Review, ServiceUserDetail } from '../../src/lib/bindings';
import { Importing } from '../../src/views/import/importing.svelte';

export const STAGING = '00000000-0000-4000-8000-000000000002';
export const PRODUCTION = '00000000-0000-4000-8000-000000000003';
export const [json, pem, sealed, certificate] = reviews() as [Review, Review, Review, Review];
export const [application, secret] = reviewsOfKinds() as [Review, Review, Review, Review];
export const aloneSecret = secretReview('client-secret', 'typed');
export const aloneToken = secretReview('personal-token', null);

export function fail(code: string): never {
  throw new Failure(problem(code, `it is ${code}`, 'do something'));
}

export function imported(change: Partial<ImportOutcome> = {}, more: Partial<Omit<Imported, 'outcome'>> = {}): Imported {
  const outcome = { serviceUser: 'u1', credential: 'new', kind: 'private-key' as const, unchanged: false, learned: [], newServiceUser: true, replaced: 'nothing' as const, ...change };
  return { outcome, name: 'deploy-bot', further: false, takesOver: false, ...more };
}

/** The import of several files by what imports one. */
export function each(one: (request: ImportRequest) => Promise<Imported>): Ipc['import'] {
  return (requests) => Promise.all(requests.map((request) => one(request).then((imported) => ({ imported, problem: null }), (thrown: unknown) => ({ imported: null, problem: problemOf(thrown) }))));
}

/** What a test's core does otherwise; its import is that of one file. */
export type Change = Partial<Omit<Ipc, 'import'>> & { import?: (request: ImportRequest) => Promise<Imported> };

/** A core that plans for these reviews, with what a test knows better of each. */
export function planning(list: readonly Review[], better?: (item: PlanItem, entry: PlanEntry) => Partial<PlanItem>) {
  return async (request: PlanRequest) => planOf(list, request, better);
}

export function detail(defaultCredential: string): ServiceUserDetail {
  const [row] = serviceUsers(STAGING, 0);
  const serviceUser = { ...row!, id: 'u1', name: 'deploy-bot', defaultCredential };
  return { serviceUser, environment: null as never, host: '', credentials: [], token: null };
}

export function credentialTest(change: Partial<CredentialTest> = {}): CredentialTest {
  return { token: token([]), userinfo: null, isDefault: true, ...change };
}

/** The state of the page with some reviews in, over a core that can be changed. */
export async function sheet(list: Review[], change: Change = {}) {
  const core = {
    serviceUser: vi.fn(async () => detail('new')),
    importPlan: planning(list),
    import: vi.fn(async ({ review }: ImportRequest) => imported({ kind: list.find((each) => each.id === review)?.facts?.kind ?? 'private-key' })),
    tryCredential: vi.fn(async () => credentialTest()),
    copyToken: vi.fn(async () => ({ environment: 'Staging', tier: 'staging' as const, serviceUser: 'deploy-bot', form: 'token' as const, token: token([]), clearsAfter: 30, overtaken: false })),
    clearPasted: vi.fn(async () => true),
    userinfo: vi.fn(async () => userinfo()),
    discardReviews: vi.fn(async () => null),
    confirmProduction: vi.fn(async () => null),
    editServiceUser: vi.fn(async () => null),
  };
  replaceIpc({ ...fakeCore('users'), ...core, ...change, import: each(change.import ?? core.import) });
  const app = new AppState();
  const importing = new Importing(app);
  await app.environments.load();
  app.reviews.receive({ reviews: list, problem: null });
  app.reviews.chooseEnvironment(STAGING);
  await importing.replan();
  return { app, core, importing, item: (review: Review) => importing.of(review) };
}

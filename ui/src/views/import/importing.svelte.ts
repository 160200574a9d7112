/** The review sheet's work: importing what was reviewed, one file after the other, and testing each. */
import type { AppState } from '../../lib/app.svelte';
import type { Ask, CredentialId, CredentialKind, EnvironmentId, EnvironmentOverview, ImportPlan, PlanRequest, ProviderView, Review, ReviewId } from '../../lib/bindings';
import { ipc, problemOf } from '../../lib/ipc';
import type { ByHand } from '../../lib/reviews.svelte';
import { testedBy } from '../credentialTest';
import { KeyImport, isProven, isSealed, isUsable } from './keyImport.svelte';
import { Names } from './names';
import { NewPlace } from './newPlace.svelte';
import { Originals } from './originals';

/** From this many files on they are a table, and are imported in groups. */
export const MANY = 5;
/** How many are stored together, because storing each alone waits for the disk; a stop takes effect after them. */
const GROUP = 20;
/** The problems of a keychain that takes nothing: what is left isn't tried, so that nobody is asked a hundred times. */
const CLOSED = ['keychain-absent', 'keychain-without-default', 'keychain-locked', 'keychain-denied', 'keychain-silent'];

export class Importing {
  /** Set once the user wanted to import: from then on, what is missing is pointed out. */
  tried = $state(false);
  progress = $state.raw<{ at: number; total: number } | null>(null);
  stopped = $state(false);
  /** Whether the token of what was imported was copied at once. */
  copied = $state(false);
  byHand = $state<ByHand | null>(null);
  /** Whether something was entered since the sheet was opened. */
  entered = $state(false);
  /** What the core makes of the files and of what was entered. */
  plan = $state.raw<ImportPlan | null>(null);
  /** The environment that is made for the files, where none of those that are there is meant. */
  newPlace = $state.raw<NewPlace | null>(null);

  readonly originals = new Originals(this);
  readonly names = new Names(this);

  #items = new Map<ReviewId, KeyImport>();
  /** How often the sheet was opened or closed: what was begun before is no longer its work. */
  #turn = 0;
  #starting = false;
  #wantsStop = false;
  #declined = false;
  #wantsTest = true;

  constructor(readonly app: AppState) {
    // Made here and not when first drawn: state that is made while something is computed does not
    // make that be computed again.
    const take = (reviews: Review[]) => reviews.forEach((review) => this.of(review));
    take(app.reviews.list);
    app.reviews.onopen = () => this.#reset();
    app.reviews.onarrive = take;
  }

  /** What was decided about a review, and what came of it. */
  of(review: Review): KeyImport {
    let item = this.#items.get(review.id);
    if (!item) {
      item = new KeyImport();
      this.#items.set(review.id, item);
    }
    return item;
  }

  get environment(): EnvironmentOverview | null {
    return this.app.environments.of(this.app.reviews.environment);
  }

  /** The profile that the chosen environment follows. */
  get provider(): ProviderView | null {
    const id = this.environment?.environment.provider;
    return id === undefined ? null : this.app.environments.provider(id);
  }

  /** The reviews whose keys can be imported now. */
  get pending(): Review[] {
    return this.app.reviews.list.filter((review) => this.of(review).isPending(review));
  }

  /** The reviews that are imported next. */
  get next(): Review[] {
    const next = new Set(this.plan?.next);
    return this.pending.filter((review) => next.has(review.id));
  }

  /** Whether a single file would be imported, tested and its token copied. */
  get copies(): boolean {
    return this.pending.length === 1 && this.imported.length === 0 && (this.plan?.testable ?? true) && this.pending[0]?.facts?.kind !== 'application-key';
  }

  get imported(): Review[] {
    return this.app.reviews.list.filter((review) => this.of(review).imported !== null);
  }

  /** Whether something that was entered would be lost with the sheet. */
  get losable(): boolean {
    if (this.progress) return true;
    // Some are in and some are not, or there are many: that is work, too.
    const begun = this.pending.length > 0 && (this.imported.length > 0 || this.app.reviews.list.length >= MANY);
    return begun || (this.entered && (this.byHand !== null || this.pending.length > 0));
  }

  /** The one that can be used now, as far as anyone can tell; null where that is none, or several. */
  get ready(): KeyImport | null {
    const usable = this.imported.map((review) => this.of(review)).filter((item) => !item.superseded && isUsable(item.tested));
    return this.pending.length === 0 && usable.length === 1 ? usable[0]! : null;
  }

  /** What the core is asked: everything that its plan depends on. */
  get request(): PlanRequest {
    const { chosen, environment, lookedAt } = this.app.reviews;
    const newProvider = this.newPlace?.form.provider || null;
    return { environment: chosen ? environment : null, newProvider, lookedAt, entries: this.pending.map((review) => this.of(review).entry(review)) };
  }

  /** Has the core plan anew. What comes back for something that has changed meanwhile is asked again. */
  async replan(): Promise<void> {
    const request = this.request;
    const asked = JSON.stringify(request);
    // What cannot be learnt is only not shown; importing says why.
    const plan = await ipc.importPlan(request).catch(() => null);
    if (asked !== JSON.stringify(this.request)) return this.replan();
    if (plan === null) return;
    const pending = new Map(this.pending.map((review) => [review.id, review]));
    for (const item of plan.items) {
      const review = pending.get(item.review);
      if (review) this.of(review).plan = item;
    }
    this.plan = plan;
    this.#settle(plan);
  }

  /** The first files decide where they go; what comes after them moves nothing under the user's hands. */
  #settle({ environment, items }: ImportPlan): void {
    const { reviews } = this.app;
    if (reviews.chosen) return;
    reviews.environment = environment;
    reviews.chosen = environment !== null && items.length > 0;
    if (environment !== null) this.newPlace = null;
    else if (items.length > 0 && (this.app.environments.own.length === 0 || this.plan?.unmatched)) void this.proposePlace();
  }

  /** Proposes an environment for the files: by what they name, or by a token on the clipboard. */
  async proposePlace(): Promise<void> {
    if (this.newPlace) return;
    const place = new NewPlace(this.app);
    this.newPlace = place;
    await place.propose(this.plan?.newEnvironment ?? null);
  }

  /** Goes back to the environments that are there. */
  leavePlace(): void {
    this.newPlace = null;
  }

  /** Lets the user describe a file in a profile of their own, and reads it by that. */
  async describe(review: Review): Promise<void> {
    const { profiles, reviews } = this.app;
    const saved = await profiles.describe(review.id);
    reviews.problem = profiles.problem;
    if (!saved) return;
    try {
      await reviews.readAgain(review.id);
      await this.replan();
    } catch (thrown) {
      reviews.problem = problemOf(thrown);
    }
  }

  /**
   * Brings in a key file; the values entered by hand go to what comes in. What is pasted into an empty sheet goes where
   * it belongs, among files it is reviewed whatever it is.
   */
  async bring(way: 'choose' | 'paste'): Promise<void> {
    if (way === 'paste' && this.app.reviews.list.length === 0 && !this.byHand) return this.app.arrivals.paste();
    await this.#bringIn(() => this.app.reviews[way]());
  }

  /** Brings in a secret or token; null lets the core take it from the clipboard. */
  async bringSecret(kind: CredentialKind, typed: string | null): Promise<void> {
    await this.#bringIn(() => this.app.reviews.secret(kind, typed));
  }

  async #bringIn(bring: () => Promise<void>): Promise<void> {
    const before = new Set(this.app.reviews.list.map((review) => review.id));
    await bring();
    const fresh = this.app.reviews.list.filter((review) => !before.has(review.id));
    if (fresh.length === 0) return;
    this.tried = false;
    if (!this.byHand) return;
    const { userId, clientId, keyId } = this.byHand;
    for (const review of fresh) Object.assign(this.of(review), { userId, clientId, keyId });
    // What came in wrong can be brought in again.
    if (fresh.some((review) => review.facts !== null || isSealed(review))) this.byHand = null;
  }

  /** Makes an environment in its editor and chooses it. */
  async addEnvironment(): Promise<void> {
    const saved = await this.app.environments.edit(null, this.newPlace?.proposal ?? this.plan?.newEnvironment ?? null);
    if (saved) this.#settleIn(saved.id);
  }

  #settleIn(id: EnvironmentId): void {
    this.newPlace = null;
    this.app.reviews.chooseEnvironment(id);
  }

  /** Imports all that is ready, one after the other. False if something must be filled in before anything is. */
  async run(test: boolean): Promise<boolean> {
    this.tried = true;
    if (this.progress || this.#starting) return false;
    this.#starting = true;
    const ready = await this.#prepare().catch(() => false);
    this.#starting = false;
    const environment = this.environment;
    const todo = this.next;
    if (!ready || !environment || todo.length === 0) return false;
    const copies = test && this.copies;
    const turn = this.#turn;
    this.#wantsTest = test;
    const stopped = await this.#importEach(todo, environment, test);
    if (stopped) await this.app.refresh();
    if (turn !== this.#turn) return false;
    this.stopped = stopped;
    await this.replan();
    if (copies) await this.#copy();
    this.#proposeForTheRest();
    await this.#showFirst(todo, environment);
    return true;
  }

  /** Imports one after the other, many in groups; true if it was stopped before the last. */
  async #importEach(todo: Review[], environment: EnvironmentOverview, test: boolean): Promise<boolean> {
    this.#wantsStop = false;
    this.#declined = false;
    this.stopped = false;
    const size = todo.length < MANY ? 1 : GROUP;
    let done = 0;
    while (done < todo.length && !this.#wantsStop) {
      // Their items are kept here: closing the sheet forgets them, and what is under way is finished.
      const group = todo.slice(done, done + size).map((review) => ({ review, item: this.of(review) }));
      this.progress = { at: done + 1, total: todo.length };
      await this.#store(group.map(({ item }) => item), environment);
      for (const [i, { review, item }] of group.entries()) {
        this.progress = { at: done + i + 1, total: todo.length };
        // Whoever stops doesn't wait for the tests of the group.
        await this.#finish(review, item, test && (i === 0 || !this.#wantsStop));
      }
      done += group.length;
      if (group.every(({ item }) => CLOSED.includes(item.problem?.code ?? ''))) break;
    }
    this.progress = null;
    return done < todo.length;
  }

  /**
   * Makes the environment that was described, if one was, and plans with it. False if something is missing; then
   * nothing is made.
   */
  async #prepare(): Promise<boolean> {
    const place = this.newPlace;
    if (place) {
      await place.form.settled();
      await this.replan();
      if (!place.lacks && this.next.length === 0) return false;
      const saved = await place.save();
      if (!saved) return false;
      this.#settleIn(saved.id);
    }
    if (!this.environment) return false;
    await this.replan();
    return true;
  }

  /** Copies the token of the one that was imported, which its test has just minted. */
  async #copy(): Promise<void> {
    const ready = this.ready;
    if (!ready?.imported || !ready.environment) return;
    const copied = await this.app.tokens.copy(this.app.subject(ready.imported.outcome.serviceUser, ready.environment.id), 'token');
    this.copied = copied !== null && !copied.overtaken;
  }

  /** Leaves a file out; its key is forgotten. */
  async leaveOut(review: Review): Promise<void> {
    await this.app.reviews.discard(review.id);
    await this.replan();
    this.#proposeForTheRest();
  }

  /** Where some are in, and all that is left is another system's, an environment is proposed for that. */
  #proposeForTheRest(): void {
    if (this.imported.length === 0 || !this.plan?.elsewhere) return;
    this.app.reviews.chosen = false;
    this.tried = false;
  }

  /** Imports once more what failed, tested or not as before. */
  async again(): Promise<boolean> {
    return this.run(this.#wantsTest);
  }

  /** Stops before the next file; the one under way is finished. */
  stop(): void {
    this.#wantsStop = true;
  }

  /** Tries the credential that was imported, and says what happened; its file goes now if that waited for it. */
  async test(review: Review, ask: Ask = {}): Promise<void> {
    await this.#test(review, ask);
    await this.#tidy(review);
  }

  async #test(review: Review, ask: Ask = {}): Promise<void> {
    const item = this.of(review);
    const { imported, environment } = item;
    if (!imported || !environment) return;
    item.stage = 'testing';
    const { outcome, further, takesOver } = imported;
    const id = outcome.serviceUser;
    const trying = { credential: outcome.credential, own: !further, takesOver };
    try {
      const credentialTest = await this.app.tokens.tryOut(this.app.subject(id, environment.id), trying, ask);
      item.tested = credentialTest ? testedBy(credentialTest, outcome.kind) : { kind: 'declined' };
      item.becameDefault = takesOver ? (credentialTest?.isDefault ?? false) : null;
      item.stage = 'done';
      if (credentialTest) await this.names.offer(item, credentialTest);
    } catch (thrown) {
      item.tested = { kind: 'failed', problem: problemOf(thrown) };
      item.becameDefault = takesOver ? false : null;
    }
    item.stage = 'done';
    if (further) await this.app.refresh();
  }

  /** Closes the sheet; keys that were not imported are forgotten. */
  async close(): Promise<void> {
    this.#reset();
    await this.app.reviews.close();
  }

  /** Starts anew. What is under way is finished, and no more of it. */
  #reset(): void {
    this.#turn += 1;
    this.#wantsStop = true;
    this.#items.clear();
    Object.assign(this, { plan: null, tried: false, stopped: false, copied: false, byHand: null, entered: false, newPlace: null });
  }

  /** Stores some files; what became of each is in its item. */
  async #store(all: KeyImport[], { environment }: EnvironmentOverview): Promise<void> {
    const items = all.filter(({ plan }) => plan?.request);
    for (const item of items) Object.assign(item, { problem: null, stage: 'importing', environment });
    const requests = items.map(({ plan }) => plan!.request!);
    const results = await this.app.reviews.import(requests).catch((thrown: unknown) => requests.map(() => ({ imported: null, problem: problemOf(thrown) })));
    for (const [i, item] of items.entries()) {
      const { imported, problem } = results[i]!;
      Object.assign(item, { imported, problem, stage: imported ? 'importing' : 'review' });
      if (imported && imported.outcome.replaced !== 'nothing') this.#supersede(requests[i]!.replaces);
    }
  }

  /** Tests what was stored, if that is wanted, and tidies up behind it. */
  async #finish(review: Review, item: KeyImport, test: boolean): Promise<void> {
    if (!item.imported || item.stage !== 'importing') return;
    if (item.imported.outcome.kind === 'application-key') item.tested = { kind: 'introspects' };
    // Whoever said no to production once is not asked again for every file.
    else if (this.#declined) item.tested = { kind: 'declined' };
    else if (test) await this.#test(review);
    if (item.tested.kind === 'declined') this.#declined = true;
    if (review.source.from === 'paste') item.clearedFromClipboard = await this.app.reviews.clearPasted(review.id);
    item.stage = 'done';
    await this.#tidy(review);
  }

  /** Deletes the file that a key came from, where that is wanted and the key works. */
  async #tidy(review: Review): Promise<void> {
    const item = this.of(review);
    if (item.deletesOriginal && !item.originalDeleted && isProven(item.tested)) await this.originals.tidy(review);
  }

  /** Marks what was imported in this sheet and gave its place since. */
  #supersede(credential: CredentialId | null): void {
    for (const item of this.#items.values()) {
      if (item.imported?.outcome.credential === credential) item.superseded = true;
    }
  }

  /** Shows the first imported service user in the main window. */
  async #showFirst(reviews: Review[], environment: EnvironmentOverview): Promise<void> {
    const first = reviews.map((review) => this.of(review).imported?.outcome).find((outcome) => outcome !== undefined);
    if (!first) return;
    const of = environment.environment.id;
    const place = this.app.navigation.place;
    if (place.kind !== 'users' || place.of !== of) await this.app.go({ kind: 'users', of });
    await this.app.select(first.serviceUser);
  }
}

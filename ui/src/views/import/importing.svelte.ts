/** The review sheet's work: importing what was reviewed, one file after the other, and testing each. */
import type { AppState } from '../../lib/app.svelte';
import { ipc, problemOf } from '../../lib/ipc';
import { commonest, isForeign, proposalOf } from '../../lib/provider';
import type { ByHand } from '../../lib/reviews.svelte';
import type { Ask, CredentialId, CredentialKind, Environment, EnvironmentId, EnvironmentOverview, ImportOutcome, ImportRequest, KeyFileFacts, Provider, Review, ReviewId, ServiceUserRow, Trial } from '../../lib/types';
import { nameIn, testedBy } from '../trial';
import { KeyImport, isSealed, isUsable, type Owner } from './keyImport.svelte';

export class Importing {
  /** Set once the user wanted to import: from then on, what is missing is pointed out. */
  tried = $state(false);
  progress = $state.raw<{ at: number; total: number } | null>(null);
  stopped = $state(false);
  byHand = $state<ByHand | null>(null);
  /** Whether something was entered since the sheet was opened. */
  entered = $state(false);
  /** The service users of the chosen environment, to tell a new one from a known one. */
  known = $state.raw<ServiceUserRow[]>([]);

  #items = new Map<ReviewId, KeyImport>();
  #starting = false;
  #wantsStop = false;
  #declined = false;
  #wantsTest = true;

  constructor(private readonly app: AppState) {
    // Made here and not when first drawn: state that is made while something is computed does not
    // make that be computed again.
    app.reviews.onarrive = (reviews) => reviews.forEach((review) => this.of(review));
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

  /**
   * The environment to propose: that of an issuer which the files name, else the one that is looked at, unless a file
   * is known to be other servers'; else the only one that follows their maker, else the only one.
   */
  get proposed(): EnvironmentOverview | null {
    const { environments, reviews } = this.app;
    const { files } = this;
    const all = (what: (file: KeyFileFacts) => boolean) => files.length > 0 && files.every(what);
    const named = environments.own.find(({ environment }) => all((file) => file.issuer === environment.issuer));
    const makers = environments.own.filter(({ environment }) => all((file) => file.makers.includes(environment.provider)));
    const only = (of: EnvironmentOverview[]) => (of.length === 1 ? of[0]! : null);
    const fitting = (overview: EnvironmentOverview | null) => (overview && this.#fits(overview) ? overview : null);
    return named ?? fitting(environments.of(reviews.lookedAt)) ?? only(makers) ?? fitting(only(environments.own));
  }

  /** The provider whose files these are, where no environment follows it or could. */
  get homeless(): Provider | null {
    const { environments } = this.app;
    if (this.files.length === 0 || environments.own.some((each) => this.#fits(each))) return null;
    return this.files[0]!.makers.map((maker) => environments.provider(maker)).find((each) => each !== null) ?? null;
  }

  /** Whether none of the files is known to be other servers' than this environment's. */
  #fits({ environment }: EnvironmentOverview): boolean {
    return !this.files.some((file) => isForeign(file, this.app.environments.provider(environment.provider)));
  }

  /** What the files say that an environment is wanted for; of several systems' those of one. */
  get files(): readonly KeyFileFacts[] {
    return commonest(this.pending.flatMap((review) => review.facts ?? []));
  }

  /** The profile that the chosen environment follows. */
  get provider(): Provider | null {
    const id = this.environment?.environment.provider;
    return id === undefined ? null : this.app.environments.provider(id);
  }

  /** Whether anything to import can be tested by minting. */
  get testable(): boolean {
    const next = this.round.length > 0 ? this.round : this.pending;
    return next.some((review) => review.facts?.kind !== 'application-key');
  }

  /** The reviews whose keys can be imported now. */
  get pending(): Review[] {
    return this.app.reviews.list.filter((review) => this.of(review).isPending(review));
  }

  /**
   * The reviews that are imported next: those that lack nothing and are no other system's than the environment's.
   * What is another's alone can be imported against all advice; among others it stays for an environment of its own.
   */
  get round(): Review[] {
    return this.pending.filter((review) => this.of(review).isComplete(review) && !this.waits(review));
  }

  /** Whether it stays until those are in that are the environment's. */
  waits(review: Review): boolean {
    return this.isForeign(review) && this.pending.some((each) => !this.isForeign(each));
  }

  get imported(): Review[] {
    return this.app.reviews.list.filter((review) => this.of(review).outcome !== null);
  }

  /** Whether something that was entered would be lost with the sheet. */
  get losable(): boolean {
    return this.entered && (this.byHand !== null || this.pending.length > 0);
  }

  /** The one that can be used now, as far as anyone can tell; null where that is none, or several. */
  get ready(): KeyImport | null {
    const usable = this.imported.map((review) => this.of(review)).filter((item) => !item.superseded && isUsable(item.tested));
    return this.pending.length === 0 && usable.length === 1 ? usable[0]! : null;
  }

  /** The service user that a key belongs to, where the chosen environment has it already. */
  knownUser(review: Review): ServiceUserRow | null {
    const userId = this.of(review).ownerIdOf(review);
    return (userId && this.known.find((row) => row.userId === userId)) || null;
  }

  /** Whether it tells that it is other servers' than the chosen environment's. */
  isForeign({ facts }: Review): boolean {
    return facts !== null && isForeign(facts, this.provider);
  }

  /** Learns about the chosen environment: who is there, and what each file lacks. What cannot be learnt is only not shown. */
  async learn(): Promise<void> {
    const id = this.app.reviews.environment;
    this.known = [];
    for (const review of this.pending) Object.assign(this.of(review), { missing: null, misfits: [] });
    if (id === null) return;
    const [rows] = await Promise.all([ipc.serviceUsers(id).catch(() => []), this.askMissing()]);
    if (id === this.app.reviews.environment) this.known = rows;
  }

  /** Lets the user describe a file in a profile of their own, and reads it by that. */
  async describe(review: Review): Promise<void> {
    const { profiles, reviews } = this.app;
    const saved = await profiles.describe(review.id);
    reviews.problem = profiles.problem;
    if (!saved) return;
    try {
      await reviews.readAgain(review.id);
      await this.learn();
    } catch (thrown) {
      reviews.problem = problemOf(thrown);
    }
  }

  /** Asks the core which ids to ask for, for each file of which that is not known. */
  async askMissing(): Promise<void> {
    const id = this.app.reviews.environment;
    if (id === null) return;
    const unknown = this.pending.filter((review) => this.of(review).missing === null);
    await Promise.all(
      unknown.map(async (review) => {
        // Where this fails, importing says why.
        const [missing, misfits] = await Promise.all([ipc.missingIds(review.id, id).catch(() => null), ipc.misfits(review.id, id).catch(() => [])]);
        if (id !== this.app.reviews.environment) return;
        Object.assign(this.of(review), { missing, misfits });
      }),
    );
  }

  /** Asks the core what a secret or token would stand beside, as far as its ids are known. */
  async askStanding(review: Review): Promise<void> {
    const item = this.of(review);
    const place = () => JSON.stringify([this.app.reviews.environment, item.typed(review, 'userId'), item.typed(review, 'clientId')]);
    const [environment, asked] = [this.app.reviews.environment, place()];
    // What cannot be learnt is only not offered.
    const standing = environment === null ? [] : await ipc.standing(this.#request(review, environment)).catch(() => []);
    if (asked === place()) item.standing = standing;
  }

  /** What is asked of the core for a review. */
  #request(review: Review, environment: EnvironmentId): ImportRequest {
    const item = this.of(review);
    return {
      review: review.id,
      environment,
      name: item.name(review).trim(),
      userId: item.typed(review, 'userId'),
      clientId: item.typed(review, 'clientId'),
      keyId: item.typed(review, 'keyId'),
      replaces: item.replaces,
    };
  }

  /** Brings in a key file; the values entered by hand go to what comes in. */
  async bring(way: 'choose' | 'paste'): Promise<void> {
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
    const named = proposalOf(this.pending.map((review) => review.facts));
    const saved = await this.app.editEnvironment(null, named);
    if (saved) this.app.reviews.chooseEnvironment(saved.id);
  }

  /** Imports all that is ready, one after the other. False if something must be filled in before anything is. */
  async run(test: boolean): Promise<boolean> {
    this.tried = true;
    const environment = this.environment;
    if (!environment || this.progress || this.#starting) return false;
    this.#starting = true;
    await this.askMissing();
    this.#starting = false;
    const todo = this.round;
    if (todo.length === 0) return false;
    this.#wantsStop = false;
    this.#wantsTest = test;
    this.#declined = false;
    this.stopped = false;
    for (const [i, review] of todo.entries()) {
      if (this.#wantsStop) {
        this.stopped = true;
        break;
      }
      this.progress = { at: i + 1, total: todo.length };
      await this.#import(review, environment.environment, test);
    }
    this.progress = null;
    this.#proposeForTheRest();
    void this.learn();
    await this.#showFirst(todo, environment);
    return true;
  }

  /** Leaves a file out; its key is forgotten. */
  async leaveOut(review: Review): Promise<void> {
    await this.app.reviews.discard(review.id);
    this.#proposeForTheRest();
  }

  /** Where some are in, and all that is left is another system's, an environment is proposed for that. */
  #proposeForTheRest(): void {
    const { imported, pending } = this;
    if (imported.length === 0 || pending.length === 0 || pending.some((review) => !this.isForeign(review))) return;
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

  /** Tries the credential that was imported, and says what happened. */
  async test(review: Review, ask: Ask = {}): Promise<void> {
    const item = this.of(review);
    const { outcome, owner, environment } = item;
    if (!outcome || !environment) return;
    item.stage = 'testing';
    const id = outcome.serviceUser;
    const further = owner !== null && owner.otherDefault !== null;
    // What was there already is tried without changing which one is used.
    const takesOver = further && !outcome.unchanged && outcome.learned.length === 0;
    const trying = { credential: outcome.credential, own: !further, takesOver };
    try {
      const trial = await this.app.tokens.tryOut(this.app.subject(id, environment.id), trying, ask);
      item.tested = trial ? testedBy(trial, review.facts?.kind) : { kind: 'declined' };
      item.becameDefault = takesOver ? (trial?.isDefault ?? false) : null;
      item.stage = 'done';
      if (trial) await this.#offerName(review, item, trial);
    } catch (thrown) {
      item.tested = { kind: 'failed', problem: problemOf(thrown) };
      item.becameDefault = takesOver ? false : null;
    }
    item.stage = 'done';
    if (further) await this.app.refresh();
  }

  /** Gives the service user the name that the issuer has for it. Rejects with a `Failure`. */
  async takeName(review: Review): Promise<void> {
    const item = this.of(review);
    const { outcome, owner, offeredName } = item;
    if (!outcome || !owner || offeredName === null) return;
    await ipc.editServiceUser(outcome.serviceUser, { ...owner.draft, name: offeredName });
    item.owner = { ...owner, name: offeredName, draft: { ...owner.draft, name: offeredName } };
    item.offeredName = null;
    await this.app.refresh();
  }

  /** Deletes the file a key came from. Rejects with a `Failure`. */
  async deleteOriginal(review: Review): Promise<void> {
    await this.app.reviews.deleteOriginal(review.id);
    this.of(review).originalDeleted = true;
  }

  /** Closes the sheet; keys that were not imported are forgotten. */
  async close(): Promise<void> {
    this.#wantsStop = true;
    this.#items.clear();
    this.tried = false;
    this.stopped = false;
    this.byHand = null;
    this.entered = false;
    await this.app.reviews.close();
  }

  async #import(review: Review, environment: Environment, test: boolean): Promise<void> {
    const item = this.of(review);
    item.problem = null;
    item.stage = 'importing';
    item.environment = environment;
    try {
      const request = this.#request(review, environment.id);
      item.outcome = await this.app.reviews.import(request);
      if (item.outcome.replaced !== 'nothing') this.#supersede(request.replaces ?? null);
      item.owner = await this.#ownerOf(item.outcome);
    } catch (thrown) {
      if (!item.outcome) {
        item.problem = problemOf(thrown);
        item.stage = 'review';
        return;
      }
    }
    if (review.facts?.kind === 'application-key') item.tested = { kind: 'introspects' };
    // Whoever said no to production once is not asked again for every file.
    else if (test && !this.#declined) await this.test(review);
    else if (this.#declined) item.tested = { kind: 'declined' };
    if (item.tested.kind === 'declined') this.#declined = true;
    item.stage = 'done';
  }

  /** Marks what was imported in this sheet and gave its place since. */
  #supersede(credential: CredentialId | null): void {
    for (const item of this.#items.values()) {
      if (item.outcome?.credential === credential) item.superseded = true;
    }
  }

  async #ownerOf({ serviceUser: id, credential }: ImportOutcome): Promise<Owner> {
    const { serviceUser } = await ipc.serviceUser(id);
    const { name, scopes, favourite, tags, defaultCredential } = serviceUser;
    return { name, draft: { name, scopes, favourite, tags }, otherDefault: defaultCredential === credential ? null : defaultCredential };
  }

  /** Asks the issuer for the service user's name, where the user did not choose one. */
  async #offerName(review: Review, item: KeyImport, { userinfo }: Trial): Promise<void> {
    const { outcome } = item;
    if (!outcome?.newServiceUser || item.typedName !== null) return;
    // A courtesy: without the scopes for it there is no answer, and that is no failure of the test.
    const answer = userinfo ?? (await ipc.userinfo(outcome.serviceUser).catch(() => null));
    const name = nameIn(answer);
    if (name !== null && name !== item.name(review).trim()) item.offeredName = name;
  }

  /** Shows the first imported service user in the main window. */
  async #showFirst(reviews: Review[], environment: EnvironmentOverview): Promise<void> {
    const first = reviews.map((review) => this.of(review).outcome).find((outcome) => outcome !== null);
    if (!first) return;
    const of = environment.environment.id;
    const place = this.app.navigation.place;
    if (place.kind !== 'users' || place.of !== of) await this.app.go({ kind: 'users', of });
    await this.app.select(first.serviceUser);
  }
}

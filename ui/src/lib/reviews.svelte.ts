/**
 * Key files under review: what came in by drop, chooser or clipboard, and where it is meant to go.
 * The keys themselves stay in the core; a review says only what a file is.
 */
import { ipc, problemOf } from './ipc';
import type { CredentialKind, EnvironmentId, FileResult, FilesReviewed, ImportOutcome, ImportRequest, Problem, Review, ReviewId } from './bindings';

/** The values of the form "by hand" until their key, secret or token comes in. */
export interface ByHand {
  kind: CredentialKind;
  userId: string;
  clientId: string;
  keyId: string;
}

export class Reviews {
  /** Whether the sheet is open; it may be open and empty, offering the ways to bring a key in. */
  open = $state(false);
  list = $state.raw<Review[]>([]);
  /** Why nothing came in, if something went wrong as a whole. */
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** Where the keys go: what the user chose, else what is proposed. */
  environment = $state<EnvironmentId | null>(null);
  /** Whether the environment is settled: by the user, or by the first files. */
  chosen = $state(false);
  /** The environment that was looked at when the sheet was opened. */
  lookedAt = $state<EnvironmentId | null>(null);

  /** What is to be entered by hand, with what is known of it; null once the sheet has taken it up. */
  toEnter = $state.raw<ByHand | null>(null);

  /** Told when the sheet opens, before anything comes in. */
  onopen: () => void = () => undefined;
  /** Told of reviews as they come in, before they are shown. */
  onarrive: (reviews: Review[]) => void = () => undefined;

  constructor(
    private readonly looked: () => EnvironmentId | null,
    /** Whether keys can go to an environment: the demo's servers know none but its own. */
    private readonly takes: (environment: EnvironmentId) => boolean,
    /** Told after each import, so that lists are loaded again. */
    private readonly imported: (outcomes: ImportOutcome[]) => Promise<void>,
  ) {}

  /** Opens the sheet, for a given environment if one is meant that takes keys. */
  show(environment: EnvironmentId | null = null): void {
    if (!this.open) {
      this.onopen();
      const looked = this.looked();
      this.lookedAt = looked !== null && this.takes(looked) ? looked : null;
      this.chosen = false;
      this.environment = this.lookedAt;
    }
    if (environment !== null && this.takes(environment)) this.chooseEnvironment(environment);
    this.open = true;
  }

  /** Takes the user's choice of where the keys go. */
  chooseEnvironment(environment: EnvironmentId | null): void {
    this.environment = environment;
    this.chosen = environment !== null;
  }

  /** Opens the sheet at the form for a secret or token that replaces one. */
  enter(environment: EnvironmentId, known: ByHand): void {
    this.show(environment);
    this.toEnter = known;
  }

  /** Takes in what the core reviewed by itself: files dropped or handed over. */
  receive(event: FilesReviewed): void {
    this.show();
    this.problem = event.problem;
    this.#add(event.reviews);
  }

  /** Takes in what was pasted. */
  take(reviews: Review[]): void {
    this.receive({ reviews, problem: null });
  }

  /** Says why nothing came in. */
  refuse(problem: Problem): void {
    this.show();
    this.problem = problem;
  }

  /** Opens the system's file chooser. A cancelled chooser changes nothing. */
  async choose(): Promise<void> {
    await this.#bringIn(() => ipc.chooseKeyFiles());
  }

  /** Reviews what is on the clipboard, whatever it is; the core reads it, so that a key never enters the page. */
  async paste(): Promise<void> {
    await this.#bringIn(async () => [await ipc.reviewClipboard()]);
  }

  /** Reviews a client secret or ready-made token: what was typed, else what the core finds on the clipboard. */
  async secret(kind: CredentialKind, typed: string | null): Promise<void> {
    await this.#bringIn(async () => [await ipc.reviewSecret(kind, typed)]);
  }

  /** Opens an encrypted key. Rejects with a `Failure`; a wrong passphrase comes back as the review's problem. */
  async unseal(id: ReviewId, passphrase: string): Promise<Review> {
    return this.#renew(await ipc.unseal(id, passphrase));
  }

  /** Reads a file again by the profiles as they are now. Rejects with a `Failure`. */
  async readAgain(id: ReviewId): Promise<Review> {
    return this.#renew(await ipc.readAgain(id));
  }

  /** Imports key files in their order; a result is that of the request at its place. Reviews stay until the sheet is closed. */
  async import(requests: ImportRequest[]): Promise<FileResult[]> {
    const results = await ipc.import(requests);
    const outcomes = results.flatMap(({ imported }) => imported?.outcome ?? []);
    if (outcomes.length > 0) await this.imported(outcomes);
    return results;
  }

  /** Clears a stored key from the clipboard that it was pasted from; false if something else is there by now. */
  async clearPasted(id: ReviewId): Promise<boolean> {
    // A clipboard that can't be reached is left as it is.
    return ipc.clearPasted(id).catch(() => false);
  }

  /** Deletes the file that a key was imported from. Rejects with a `Failure`. */
  async deleteOriginal(id: ReviewId): Promise<void> {
    await ipc.deleteOriginal(id);
  }

  /** Takes one file out of the review. */
  async discard(id: ReviewId): Promise<void> {
    this.list = this.list.filter((each) => each.id !== id);
    await this.#forget([id]);
  }

  /** Closes the sheet; what was not imported is forgotten. */
  async close(): Promise<void> {
    const ids = this.list.map((each) => each.id);
    this.open = false;
    this.list = [];
    this.problem = null;
    await this.#forget(ids);
  }

  async #bringIn(bring: () => Promise<Review[]>): Promise<void> {
    this.busy = true;
    try {
      const reviews = await bring();
      if (reviews.length > 0) {
        this.show();
        this.problem = null;
        this.#add(reviews);
      }
    } catch (thrown) {
      this.show();
      this.problem = problemOf(thrown);
    }
    this.busy = false;
  }

  #renew(review: Review): Review {
    this.list = this.list.filter(({ id }) => id !== review.takesUp).map((each) => (each.id === review.id ? review : each));
    return review;
  }

  #add(reviews: Review[]): void {
    this.onarrive(reviews);
    // What another one takes up is no longer under review by itself.
    const fresh = new Set(reviews.flatMap(({ id, takesUp }) => (takesUp === null ? [id] : [id, takesUp])));
    this.list = [...this.list.filter((review) => !fresh.has(review.id)), ...reviews];
  }

  async #forget(ids: ReviewId[]): Promise<void> {
    try {
      if (ids.length > 0) await ipc.discardReviews(ids);
    } catch {
      // Reviews live in memory only and end with the app; there is nothing for the user to do.
    }
  }
}

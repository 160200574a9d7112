/** The files that imported keys came from: once a key works, its file can go. */
import type { Review } from '../../lib/bindings';
import { problemOf } from '../../lib/ipc';
import type { Importing } from './importing.svelte';
import { isProven } from './keyImport.svelte';

export class Originals {
  constructor(private readonly importing: Importing) {}

  /** Those of what was imported and works, that are still there. */
  get left(): Review[] {
    return this.importing.imported.filter((review) => {
      const item = this.importing.of(review);
      return review.source.from === 'file' && !item.originalDeleted && item.stage === 'done' && isProven(item.tested);
    });
  }

  /** Deletes the file a key came from. Rejects with a `Failure`. */
  async delete(review: Review): Promise<void> {
    await this.importing.app.reviews.deleteOriginal(review.id);
    this.importing.of(review).originalDeleted = true;
  }

  /** Deletes all that are left. */
  async deleteAll(): Promise<void> {
    for (const review of this.left) await this.tidy(review);
  }

  /** The same for one; if it can't be deleted, its card says so. */
  async tidy(review: Review): Promise<void> {
    const item = this.importing.of(review);
    item.originalProblem = null;
    try {
      await this.delete(review);
    } catch (thrown) {
      item.originalProblem = problemOf(thrown);
    }
  }
}

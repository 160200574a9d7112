/** One key file on its way in: what the user decides about it, and what came of it. */
import { until } from '../../lib/format';
import type { Environment, ImportOutcome, Problem, Review, ServiceUserDraft, TokenView } from '../../lib/types';

/** Where a key file stands. */
export type Stage = 'review' | 'importing' | 'testing' | 'done';

/** What testing an imported key gave. */
export type Tested =
  | { kind: 'no' }
  | { kind: 'declined' }
  | { kind: 'minted'; token: TokenView }
  | { kind: 'failed'; problem: Problem };

/** Whose key it became, as far as the sheet needs to know. */
export interface Owner {
  name: string;
  draft: ServiceUserDraft;
  /** The default credential before this import, where another one was there. */
  earlierDefault: string | null;
}

export class KeyImport {
  /** The name as typed; null while the proposed one stands. */
  typedName = $state<string | null>(null);
  userId = $state('');
  keyId = $state('');

  stage = $state<Stage>('review');
  /** Why it could not be stored. */
  problem = $state.raw<Problem | null>(null);
  outcome = $state.raw<ImportOutcome | null>(null);
  /** Where it was imported. */
  environment = $state.raw<Environment | null>(null);
  owner = $state.raw<Owner | null>(null);
  tested = $state.raw<Tested>({ kind: 'no' });
  /** Which key the service user uses now, where it had one before. */
  becameDefault = $state<boolean | null>(null);
  /** What the issuer calls the service user, where that is worth offering. */
  offeredName = $state<string | null>(null);
  originalDeleted = $state(false);

  /** Whether a key stands behind the review that can be imported now. */
  isPending(review: Review): boolean {
    return review.facts !== null && this.outcome === null;
  }

  userIdOf(review: Review): string {
    return review.facts?.userId ?? this.userId.trim();
  }

  keyIdOf(review: Review): string {
    return review.facts?.keyId ?? this.keyId.trim();
  }

  /** Whether both ids are known, from the file or by hand. */
  isComplete(review: Review): boolean {
    return this.userIdOf(review) !== '' && this.keyIdOf(review) !== '';
  }

  name(review: Review): string {
    return this.typedName ?? proposedName(review, this.userIdOf(review));
  }
}

/** Whether the review waits for a passphrase. */
export function isSealed(review: Review): boolean {
  return review.problem?.code === 'passphrase-needed' || review.problem?.code === 'passphrase-wrong';
}

/**
 * Proposes a name: the file's, without its ending. Downloads are often named after an id, which says
 * nothing to people; then it is the user id.
 */
export function proposedName(review: Review, userId: string): string {
  if (review.source.from !== 'file') return userId;
  const stem = review.source.name
    .replace(/\.[^.]*$/, '')
    // Browsers number a second download of the same name.
    .replace(/\s*\(\d+\)$/, '')
    .trim();
  const isId = /^\d+$/.test(stem) || stem === review.facts?.keyId || stem === userId;
  return stem && !isId ? stem : userId;
}

/** Milliseconds of a token's life from `now` on; null where the server told no expiry. */
export function lifeOf(token: TokenView, now: number): number | null {
  return until(token.expiresAt, now);
}

/** One key file on its way in: what the user decides about it, and what came of it. */
import type { CredentialId, Environment, Imported, Place, PlanEntry, PlanItem, Problem, Review } from '../../lib/bindings';
import type { Tested } from '../credentialTest';

/** How far the import of a key file is. */
export type Stage = 'review' | 'importing' | 'testing' | 'done';

/** Whether the service user can be used now, as far as anyone can tell. */
export function isUsable(tested: Tested): boolean {
  return tested.kind === 'minted' || tested.kind === 'answered' || tested.kind === 'untestable';
}

/** Whether the file that it came from may go: it can be used, or introspects, which no test of ours could tell. */
export function isProven(tested: Tested): boolean {
  return isUsable(tested) || tested.kind === 'introspects';
}

export class KeyImport {
  /** The name as typed; null while the proposed one is used. */
  typedName = $state<string | null>(null);
  userId = $state('');
  clientId = $state('');
  keyId = $state('');
  /** Which existing secret or token gives its place to it. */
  place = $state.raw<Place>('proposed');
  /** What the core makes of all that; the last word before it was imported. */
  plan = $state.raw<PlanItem | null>(null);

  stage = $state<Stage>('review');
  /** Why it could not be stored. */
  problem = $state.raw<Problem | null>(null);
  imported = $state.raw<Imported | null>(null);
  /** What the service user is called since. */
  newName = $state<string | null>(null);
  /** Where it was imported. */
  environment = $state.raw<Environment | null>(null);
  /** Whether one that was imported after it took its place. */
  superseded = $state(false);
  tested = $state.raw<Tested>({ kind: 'no' });
  /** Which key the service user uses now, where it had one before. */
  becameDefault = $state<boolean | null>(null);
  /** What the issuer calls the service user, where that is worth offering. */
  offeredName = $state<string | null>(null);
  originalDeleted = $state(false);
  /** Whether the file it came from is deleted once it is imported and works. */
  deletesOriginal = $state(false);
  /** Why the original could not be deleted. */
  originalProblem = $state.raw<Problem | null>(null);
  /** Whether the key was cleared from the clipboard that it was pasted from. */
  clearedFromClipboard = $state(false);

  /** Whether the review has a key that can be imported now. */
  isPending(review: Review): boolean {
    return review.facts !== null && this.imported === null;
  }

  /** What the user entered, for the core to plan with. */
  entry(review: Review): PlanEntry {
    const { typedName: name, userId, clientId, keyId, place } = this;
    return { review: review.id, name, userId, clientId, keyId, place };
  }

  /** Whose place it takes. */
  get replaces(): CredentialId | null {
    return this.plan?.replaces ?? null;
  }

  /** The id that its service user goes by; empty while there is none. */
  get ownerId(): string {
    return this.plan?.ownerId ?? '';
  }

  get name(): string {
    return this.newName ?? this.imported?.name ?? this.typedName ?? this.plan?.name ?? '';
  }
}

/** Whether the review waits for a passphrase. */
export function isSealed(review: Review): boolean {
  return review.problem?.code === 'passphrase-needed' || review.problem?.code === 'passphrase-wrong';
}

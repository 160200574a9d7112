/** One key file on its way in: what the user decides about it, and what came of it. */
import type { AskedId, CredentialId, CredentialKind, Environment, IdKind, ImportOutcome, Notice, Problem, Provider, Review, ServiceUserDraft, Standing } from '../../lib/types';
import type { Tested } from '../trial';

/** Where a key file stands. */
export type Stage = 'review' | 'importing' | 'testing' | 'done';

/** Whether the service user can be used now, as far as anyone can tell. */
export function isUsable(tested: Tested): boolean {
  return tested.kind === 'minted' || tested.kind === 'answered' || tested.kind === 'untestable';
}

/** Whose key it became, as far as the sheet needs to know. */
export interface Owner {
  name: string;
  draft: ServiceUserDraft;
  /** Its default credential, where that is another one. */
  otherDefault: CredentialId | null;
}

export class KeyImport {
  /** The name as typed; null while the proposed one stands. */
  typedName = $state<string | null>(null);
  userId = $state('');
  clientId = $state('');
  keyId = $state('');
  /** What the core asks for in the chosen environment; null while that is not known. */
  missing = $state.raw<AskedId[] | null>(null);

  /** What in the file belongs to another server than the chosen environment's. */
  misfits = $state.raw<Notice[]>([]);

  /** Secrets or tokens of the same client that its service user has already. */
  standing = $state.raw<Standing[]>([]);
  /** Which of them the user gave up for it, or null to keep all; undefined while nothing was chosen. */
  chosen = $state<CredentialId | null | undefined>(undefined);

  stage = $state<Stage>('review');
  /** Why it could not be stored. */
  problem = $state.raw<Problem | null>(null);
  outcome = $state.raw<ImportOutcome | null>(null);
  /** Where it was imported. */
  environment = $state.raw<Environment | null>(null);
  owner = $state.raw<Owner | null>(null);
  /** Whether one that was imported after it took its place. */
  superseded = $state(false);
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

  /** Which fields the sheet shows, in order. */
  asked(review: Review): AskedId[] {
    return this.missing ?? usuallyAsked(review);
  }

  /** Whether everything is there that the core cannot do without. */
  isComplete(review: Review): boolean {
    return this.asked(review).every(({ kind, optional }) => optional || this[kind].trim() !== '');
  }

  /** What was entered for an id that the file does not hold, or that goes before the file's. */
  typed(review: Review, kind: IdKind): string | null {
    const counts = review.facts?.[kind] == null || this.asked(review).some((each) => each.kind === kind);
    return counts ? this[kind].trim() || null : null;
  }

  /** The id that its service user goes by, from the file or by hand; empty while there is none. */
  ownerIdOf(review: Review): string {
    const { facts } = review;
    return this.typed(review, 'userId') ?? facts?.userId ?? facts?.clientId ?? this.typed(review, 'clientId') ?? '';
  }

  /** The one whose place it takes: as chosen, else one that was refused when it was last used. */
  get replaces(): CredentialId | null {
    const stands = this.standing.some((each) => each.credential === this.chosen);
    if (this.chosen === null || (this.chosen !== undefined && stands)) return this.chosen;
    return this.standing.find((each) => each.refusedAt !== null)?.credential ?? null;
  }

  name(review: Review): string {
    return this.typedName ?? proposedName(review, this.ownerIdOf(review));
  }
}

/** What most providers want and the file does not hold, while no environment tells more exactly. */
function usuallyAsked({ facts }: Review): AskedId[] {
  const required = (kind: IdKind): AskedId => ({ kind, optional: false });
  if (!facts || facts.kind === 'application-key') return [];
  if (facts.kind === 'private-key') return (['userId', 'keyId'] as const).filter((kind) => facts[kind] === null).map(required);
  if (facts.userId !== null || facts.clientId !== null) return [];
  return facts.kind === 'client-secret' ? [required('clientId'), { kind: 'userId', optional: true }] : [required('userId')];
}

/** Whether a credential is sent together with a client id: a secret, and a token that is sent as Basic. */
export function byClientId(kind: CredentialKind | undefined, provider: Provider | null): boolean {
  return kind === 'client-secret' || (kind === 'personal-token' && provider?.readyToken === 'basic');
}

/** Whether the review waits for a passphrase. */
export function isSealed(review: Review): boolean {
  return review.problem?.code === 'passphrase-needed' || review.problem?.code === 'passphrase-wrong';
}

/**
 * Proposes a name: one that the file tells, else its own without the ending. Downloads are often named after an id, which says
 * nothing to people; then it is the user id.
 */
export function proposedName(review: Review, userId: string): string {
  if (review.facts?.name) return review.facts.name;
  if (review.source.from !== 'file') return userId;
  const stem = review.source.name
    .replace(/\.[^.]*$/, '')
    // Browsers number a second download of the same name.
    .replace(/\s*\(\d+\)$/, '')
    .trim();
  const isId = /^\d+$/.test(stem) || stem === review.facts?.keyId || stem === userId;
  return stem && !isId ? stem : userId;
}

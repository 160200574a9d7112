/** Import plans as the core makes them, as far as scenes and tests need one: no profile is read and nothing is proposed. */
import type { AskedId, EnvironmentId, IdKind, ImportPlan, KeyFileFacts, PlanEntry, PlanItem, PlanRequest, Review } from '../lib/bindings';

const asked = (kind: IdKind, optional = false): AskedId => ({ kind, optional, label: '' });
const BY_HAND = {
  'private-key': [asked('userId'), asked('keyId')],
  'client-secret': [asked('clientId'), asked('userId', true)],
  'personal-token': [asked('userId')],
};

/** What is asked for beside a file, while nothing tells more exactly. */
function askedFor(facts: KeyFileFacts): AskedId[] {
  if (facts.kind === 'application-key') return [];
  if (facts.kind === 'private-key') return BY_HAND['private-key'].filter(({ kind }) => facts[kind] === null);
  return facts.userId !== null || facts.clientId !== null ? [] : BY_HAND[facts.kind];
}

function itemOf(entry: PlanEntry, { facts, source }: Review, environment: EnvironmentId | null): PlanItem {
  const ids = facts ? askedFor(facts) : [];
  const typed = (kind: IdKind) => (facts?.[kind] === null && entry[kind].trim()) || null;
  const ownerId = typed('userId') ?? facts?.userId ?? facts?.clientId ?? typed('clientId') ?? '';
  const stem = source.from === 'file' ? source.name.replace(/\.[^.]*$/, '') : '';
  const name = entry.name ?? facts?.name ?? (/^\d*$/.test(stem) ? ownerId : stem);
  const request = environment === null ? null : { review: entry.review, environment, name: name.trim(), userId: typed('userId'), clientId: typed('clientId'), keyId: typed('keyId'), replaces: null };
  return {
    review: entry.review,
    request,
    name,
    ownerId,
    asked: ids,
    complete: ids.every(({ kind, optional }) => optional || entry[kind].trim() !== ''),
    foreign: false,
    waits: false,
    taken: true,
    misfits: [],
    existing: [],
    replaces: null,
    owner: null,
    related: null,
  };
}

/** The plan for these reviews, with what a scene or test knows better of each. */
export function planOf(reviews: readonly Review[], request: PlanRequest, better: (item: PlanItem, entry: PlanEntry) => Partial<PlanItem> = () => ({})): ImportPlan {
  const { environment } = request;
  const found = request.entries.flatMap((entry) => {
    const review = reviews.find((each) => each.id === entry.review);
    return review ? [{ entry, review }] : [];
  });
  const items = found.map(({ entry, review }) => {
    const item = itemOf(entry, review, environment);
    const planned = { ...item, ...better(item, entry) };
    return { ...planned, request: planned.request && { ...planned.request, replaces: planned.replaces } };
  });
  const issuer = found.map(({ review }) => review.facts?.issuer ?? null).find((each) => each !== null) ?? null;
  return {
    environment,
    items,
    next: items.filter((item) => item.complete && !item.waits).map((item) => item.review),
    testable: found.some(({ review }) => review.facts?.kind !== 'application-key'),
    elsewhere: items.length > 0 && items.every((item) => item.foreign),
    unmatched: null,
    newEnvironment: issuer === null ? null : { provider: null, providerFrom: 'source', issuer, tokenEndpoint: null },
    byHand: BY_HAND,
  };
}

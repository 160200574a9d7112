/** What trying a credential gave, and how that is said. */
import { sentence, until, visible } from '../lib/format';
import { strings } from '../lib/strings';
import type { CredentialKind, Problem, SubjectNotice, TokenView, Trial, Userinfo } from '../lib/types';

/** What trying a credential gave. */
export type Tested =
  | { kind: 'no' }
  | { kind: 'declined' }
  /** An application's key introspects and cannot mint: there is nothing to test. */
  | { kind: 'introspects' }
  | { kind: 'minted'; token: TokenView; subject: SubjectNotice | null }
  /** A ready-made token was shown to the issuer, who knows it. */
  | { kind: 'answered'; who: string; subject: SubjectNotice | null }
  /** A ready-made token, and nothing that would say whether it works. */
  | { kind: 'untestable' }
  | { kind: 'failed'; problem: Problem };

/** What a trial tells: a ready-made token is proved by the issuer's answer, anything else by what was minted. */
export function testedBy({ token, userinfo }: Trial, kind: CredentialKind | undefined): Said {
  if (kind !== 'personal-token') return { kind: 'minted', token, subject: token.subject };
  return userinfo ? { kind: 'answered', who: nameIn(userinfo) ?? '', subject: userinfo.subject ?? token.subject } : { kind: 'untestable' };
}

/** The name in a userinfo response, where it is fit to be shown. */
export function nameIn(answer: Userinfo | null): string | null {
  const claim = answer?.claims.find((each) => each.name === 'name') ?? answer?.claims.find((each) => each.name === 'preferred_username');
  const name = claim?.value.trim() ?? '';
  // A name with hidden characters is not worth taking over.
  return name && name.length <= 100 && visible(name) === name ? name : null;
}

/** What can be said of a trial in a line: it did take place, and did not fail. */
export type Said = Exclude<Tested, { kind: 'no' | 'failed' }>;

/** Says what a trial gave. */
export function saidOf(tested: Said): string {
  const words = strings.importing;
  switch (tested.kind) {
    case 'minted':
      return sentence(words.minted(lifeOf(tested.token, Date.parse(tested.token.mintedAt))));
    case 'answered':
      return sentence(words.answered(visible(tested.who)));
    case 'untestable':
      return sentence(words.notTestable);
    case 'introspects':
      return sentence(words.introspectsNow);
    case 'declined':
      return sentence(words.declined);
  }
}

/** Milliseconds of a token's life from `now` on; null where the server told no expiry. */
function lifeOf(token: TokenView, now: number): number | null {
  return until(token.expiresAt, now);
}

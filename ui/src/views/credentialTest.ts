/** The result of testing a credential, and its wording. */
import { sentence, until, visible } from '../lib/format';
import { strings } from '../lib/strings';
import type { CredentialKind, Problem, SubjectNotice, TokenView, CredentialTest, Userinfo } from '../lib/bindings';

/** The result of testing a credential. */
export type Tested =
  | { kind: 'no' }
  | { kind: 'declined' }
  /** An application key introspects and can't mint, so there is nothing to test. */
  | { kind: 'introspects' }
  | { kind: 'minted'; token: TokenView; subject: SubjectNotice | null }
  /** A personal access token that the issuer recognised. */
  | { kind: 'answered'; who: string; subject: SubjectNotice | null }
  /** A personal access token, with no endpoint to check it. */
  | { kind: 'untestable' }
  | { kind: 'failed'; problem: Problem };

/** The result of a credential test: the issuer's response for a personal access token, the minted token for anything else. */
export function testedBy({ token, userinfo }: CredentialTest, kind: CredentialKind | undefined): TestResult {
  if (kind !== 'personal-token') return { kind: 'minted', token, subject: token.subject };
  return userinfo ? { kind: 'answered', who: nameIn(userinfo) ?? '', subject: userinfo.subject ?? token.subject } : { kind: 'untestable' };
}

/** The name in a userinfo response, if it can be displayed safely. */
export function nameIn(answer: Userinfo | null): string | null {
  const claim = answer?.claims.find((each) => each.name === 'name') ?? answer?.claims.find((each) => each.name === 'preferred_username');
  const name = claim?.value.trim() ?? '';
  // Names with hidden characters are not offered.
  return name && name.length <= 100 && visible(name) === name ? name : null;
}

/** A credential test that took place and didn't fail, which fits in one line. */
export type TestResult = Exclude<Tested, { kind: 'no' | 'failed' }>;

/** Describes the result of a credential test. */
export function describeTest(tested: TestResult): string {
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

/** Milliseconds of a token's life from `now` on; null if the server gave no expiry. */
function lifeOf(token: TokenView, now: number): number | null {
  return until(token.expiresAt, now);
}

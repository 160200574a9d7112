/** Claims, userinfo and the Inspector. */
import { span } from '../format';

export const inspection = {
  title: 'Inspector',
  lead: 'Reads a token and checks its signature against one of your environments. Nothing is sent anywhere but to that environment’s key set.',
  textLabel: 'Token',
  textHelp: 'A token, “Bearer …”, a whole curl line or a JSON token response. It stays in this window’s memory.',
  textPlaceholder: 'Paste a token here',
  clipboard: 'Inspect clipboard',
  fromClipboard: 'Shown below: the token on the clipboard.',
  clear: 'Clear',
  against: 'Check against',
  againstNone: 'No environment: read only',
  empty: 'No token yet',
  emptyHelp: 'Paste one above, or inspect the one on the clipboard.',
  result: 'What the token says',
  reading: 'Reading the token…',

  payload: 'Payload',
  header: 'Header',
  columns: { claim: 'Claim', value: 'Value', meaning: 'Meaning', copy: 'Copy' },
  payloadNote: (n: number) => (n === 1 ? '1 claim' : `${n} claims`),
  raw: 'Raw JSON',
  rawOf: (what: string) => `${what} as JSON`,
  copyRaw: (what: string) => `Copy ${what.toLowerCase()} as JSON`,
  copyClaim: (name: string) => `Copy ${name}`,
  showAll: 'Show all',
  showLess: 'Show less',
  nothing: 'empty',
  noEntries: 'none',
  /** A time away from now: `in 11 h 58 min`, `14 min ago`. */
  away: (left: number) => (left < 0 ? `${span(left)} ago` : `in ${span(left)}`),
  local: 'Local time',

  noToken: 'No token in memory',
  noTokenHelp: 'Mint one to see what it says.',
  noTokenUserinfo: 'Mint one, then the issuer can be asked whom it belongs to.',
  mint: 'Mint',

  verdicts: {
    valid: 'Verified',
    signatureInvalid: 'Signature invalid',
    claimsFail: 'Signature valid, but a claim fails',
    cannotVerify: 'Cannot be verified',
    malformed: 'Malformed',
    unchecked: 'Not checked',
  },
  verdictSays: {
    signatureInvalid: 'It was changed, or it is not from this issuer. Do not trust what it says.',
    claimsFail: 'The issuer signed it, but it is not good here and now.',
    noEnvironment: 'What is shown below is only what the token says about itself. Choose an environment to check it against.',
    opaque: 'A reference has no signature that could be checked here.',
    encrypted: 'Only the issuer’s recipient can open and check it.',
    keysUnavailable: 'The issuer’s keys could not be had.',
  },
  /** With which key and from where: `RS256 with key 289104 from auth.acme.com`. */
  checkedWith: (algorithm: string | null, host: string | null) =>
    [algorithm ?? 'signature', host ? `with a key from ${host}` : ''].filter(Boolean).join(' '),
  key: 'key',
  fetched: (ago: string) => `keys fetched ${ago}`,
  verification: 'Verification',
  checkNames: {
    signature: 'Signature',
    iss: 'Issuer',
    aud: 'Audience',
    exp: 'Expiry',
    nbf: 'Not before',
    iat: 'Issued at',
  },
  holds: 'holds',
  fails: 'fails',
  notChecked: 'not checked',

  opaque: {
    title: 'This is an opaque token',
    body: 'It is a reference that only the issuer understands: there is nothing in it to read. How long it lives was told when it was minted; whom it belongs to, the issuer tells by userinfo.',
    help: 'ZITADEL gives readable tokens (JWT) to service users whose access token type is set to JWT.',
    userinfo: 'Ask userinfo',
  },
  encrypted: {
    title: 'This token is encrypted',
    body: 'It has five parts (a JWE): only the holder of the recipient’s key can read it. Mintage cannot, and neither can anyone who intercepts it.',
  },

  userinfo: {
    title: 'Userinfo',
    fetch: 'Ask again',
    asking: 'Asking the issuer…',
    note: 'What the issuer says about the token’s owner',
    matches: 'Its subject is the token’s',
    unmatched: 'Its subject could not be compared: the token or the answer names none',
  },
};

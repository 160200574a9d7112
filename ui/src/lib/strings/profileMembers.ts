/** What the members of a profile say, for the form over it. `docs/profiles.md` has more. */

/** By the member's name, or by its name behind that of the table it is in where the name alone says too little. */
const MEMBERS: Record<string, string> = {
  id: 'Lower-case letters, digits and hyphens.',
  name: 'Shown when an environment is added.',
  summary: 'One sentence about the servers it’s for.',
  family: 'Profiles with the same heading are listed together.',
  issuerExample: 'The issuer to start from.',
  issuerIsFixed: 'The address above is the real one, not an example.',
  discovers: 'Endpoints come from OpenID Connect Discovery; otherwise from the templates below.',
  tokenIssuer: '“iss” of access tokens, if it isn’t the issuer.',
  clockTolerance: 'How far your clock may be ahead, in seconds, before assertions are refused.',
  readyToken: 'How a personal access token is sent: bearer or basic.',

  'parameters.name': 'The placeholder in templates.',
  'parameters.label': 'Its name on screen.',
  explains: 'What it’s for, in a few words.',
  required: 'Can’t work without it.',

  'endpoints.token': 'Token endpoint (RFC 6749), as a template.',
  'endpoints.userinfo': 'Userinfo endpoint (OpenID Connect Core), as a template.',
  'endpoints.introspection': 'Introspection endpoint (RFC 7662), as a template.',
  'endpoints.revocation': 'Revocation endpoint (RFC 7009), as a template.',
  'endpoints.jwks': 'Key set (RFC 7517), as a template.',

  'ids.userId': 'What the console calls the service user’s id.',
  'ids.clientId': 'What the console calls the client id, if there is one as well.',
  'ids.keyId': 'What the console calls the key’s id.',

  grantType: 'Sent as “grant_type”; empty for none.',
  carrier: 'Where the assertion goes.',
  'privateKey.body': 'How the request is encoded: form or json.',
  'clientSecret.body': 'How the request is encoded: form or json.',
  fields: 'More members of the request, as templates.',
  withClientSecret: 'The client secret is sent beside the assertion.',
  algorithms: 'The first one that the key supports is used.',
  'privateKey.issuer': '“iss” of the assertion, as a template.',
  'privateKey.subject': '“sub” of the assertion, as a template.',
  'privateKey.audience': '“aud” of the assertion, as templates; several become an array.',
  'directRules.subject': '“sub”, as a template.',
  'directRules.audience': '“aud”, as templates.',
  keyIdClaim: '“kid” is also a claim.',
  issuedAt: '“iat” is written.',
  notBefore: '“nbf” is written.',
  jwtId: '“jti” is written, a new one each time.',
  lifetime: 'How long an assertion is valid, in seconds.',
  lifetimeCap: 'The longest validity that the servers accept, in seconds.',
  backdate: 'How far the assertion’s times are set back, in seconds.',
  direct: 'The assertion may be sent to APIs as it is.',
  speaksForUsers: 'A client may act for other users than the one in its key file.',
  typ: '“typ” in the assertion’s header; empty for none.',
  'header.keyId': 'Whether “kid” is in the header: required, optional or never.',
  'header.certificate': '“x5t#S256” is in the header; the key needs a certificate.',
  'clientSecret.place': 'Where client id and secret go.',

  'response.token': 'Where the token is: the first of these that is present.',
  'response.lifetime': 'Where its lifetime in seconds is.',
  'response.expiresAt': 'Where its expiry is.',
  'response.scope': 'Where the granted scopes are.',
  'response.tokenType': 'Where its type is.',
  tokenTypeOptional: 'The type may be missing.',
  'response.created': 'Success is 201 Created.',
  shown: 'More members worth showing; never secrets.',

  'scopes.place': 'Where scopes go.',
  separator: 'What is written between scopes.',
  'scopes.required': 'A request without scopes is refused.',
  defaults: 'Scopes that a new service user starts with.',
  scope: 'The scope; words in braces are filled in by the user.',
  holds: 'What the claim then contains; empty if its presence is enough.',
  certain: 'A token without the claim shows that the scope wasn’t granted.',

  method: 'The HTTP method.',
  url: 'The address, as a template.',
  headers: 'More headers, as templates.',
  'userinfo.subject': 'Where the response has the subject.',
  subjectIsUser: 'That subject is the service user’s id.',
  directOn404: 'After a 404, the credential itself is sent.',
  'introspection.place': 'Where the application’s secret goes.',
  'introspection.audience': '“aud” of the application’s assertion, as templates.',
  audienceScope: 'The scope that adds the application’s project to a token’s audience.',
  revocationNote: 'What to know before a token is revoked.',
  authenticated: 'The key set is only served to a token.',

  shapes: 'Files that Mintage can read without a rule.',
  matches: 'What must be at which place in the file; an empty text matches anything.',
  optional: 'What may be missing from the file.',
  'rules.privateKey': 'Where the private key is in the file.',
  'rules.publicKey': 'Where the public key is in a file that lacks the private one.',
  'rules.passphrase': 'Where the key’s passphrase is in the file.',
  'rules.clientSecret': 'Where the client secret is in the file.',
  'rules.readyToken': 'Where the token is in the file.',
  'rules.userId': 'Where the service user’s id is in the file.',
  'rules.clientId': 'Where the client id is in the file.',
  'rules.keyId': 'Where the key’s id is in the file.',
  'rules.issuer': 'Where the issuer is in the file.',
  'rules.audience': 'Where the assertion’s audience is in the file.',
  'rules.tokenEndpoint': 'Where the token endpoint is in the file.',
  'rules.expiresAt': 'Where the expiry is in the file.',
  'rules.means': 'The reasons it names, the likeliest first.',
  'rules.says': 'A part of what the server says.',
  'rules.status': 'The HTTP status is one of these; 4 and 5 stand for a whole class.',
  keyEncoding: 'How the file holds the key: pem, base64 or jwk.',
  suggestedName: 'Where a name for the service user is in the file.',

  api: 'The API’s address, as a template.',
  maker: 'Who makes the secret half: mintage, server, console or download.',
  form: 'The form in which the server takes the public half.',
  mark: 'How a new credential is found again if an answer was lost.',
  disableFirst: 'Only a disabled credential can be removed.',
  confirmByList: 'A removal counts once the list no longer has it.',
  limit: 'How many credentials a service user may have; 0 for no limit.',
  overlap: 'The old and the new credential work side by side.',
  delay: 'How long a new credential may take to work, in seconds.',
  console: 'What a person does in the console, in whole sentences.',
  role: 'The role that allows it, as the provider calls it.',
  itself: 'Whether a service user may manage its own credentials.',
  items: 'Where the response has the list.',

  claim: 'The claim’s name; “*” matches anything.',
  meaning: 'What it means, in a few words.',
  serverName: 'What sentences call the server.',
  hostIsIssuer: 'Each host is an issuer of its own.',
  issuerInAudience: 'Assertions are refused unless their audience has the issuer.',
  versionHelp: 'What to do where a path is unknown because the server is of another version.',
};

/** Members that are tables or lists of them, by their whole path: one that is empty is begun in the text. */
const TABLES: Record<string, string> = {
  parameters: 'What an environment needs besides its issuer.',
  probe: 'The request that shows whether a server is of this kind.',
  provisioning: 'How keys and secrets are made through the server’s API.',
  creation: 'How a service user is created through the server’s API.',
  recipes: 'How credentials are rotated and listed through the server’s API.',
  glossary: 'Claims with a special meaning here.',
  privateKey: 'How a private key gets a token.',
  clientSecret: 'How a client secret gets a token.',
  'scopes.presets': 'Scopes worth offering.',
  'keyFiles.rules': 'Key files that the console hands out, as JSON.',
  'refusals.rules': 'What the server’s responses mean. The first rule that fits counts.',
  'refusals.otherwise': 'What responses mean where nothing else fits.',
  'privateKey.directRules': 'What an assertion for direct use has instead.',
  'scopes.presets.evidence': 'What a token contains if the scope was granted.',
};

/** The names of a path, without the places in lists. */
const names = (path: string[]) => path.filter((each) => !/^\d+$/.test(each));

/** Whether a member holds tables, which the form can't begin. */
export function holdsTables(path: string[]): boolean {
  return names(path).join('.') in TABLES;
}

/** What a member says; undefined for one that is a user's own or explains itself. */
export function memberHelp(path: string[]): string | undefined {
  const all = names(path);
  const table = TABLES[all.join('.')];
  if (table !== undefined) return `${table} Begin it in the text.`;
  return MEMBERS[all.slice(-2).join('.')] ?? MEMBERS[all.at(-1) ?? ''];
}

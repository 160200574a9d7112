/** Provider profiles in the shapes of the built-in ones, and one of the user's own. */
import type { Provider, ScopePreset } from '../lib/types';

const preset = (scope: string, explains: string): ScopePreset => ({ scope, explains, evidence: null });

const OPENID = [
  preset('openid', 'adds an id token and the subject to userinfo'),
  preset('profile', 'adds the name to userinfo'),
  preset('email', 'adds the e-mail address to userinfo'),
];

const ZITADEL = [
  ...OPENID,
  preset('urn:zitadel:iam:org:project:id:{projectId}:aud', 'lets this project’s APIs accept and introspect the token'),
  preset('urn:zitadel:iam:org:project:id:zitadel:aud', 'lets the token call ZITADEL’s own APIs'),
  preset('urn:zitadel:iam:org:projects:roles', 'adds the roles; needs the project’s audience scope beside it'),
  preset('urn:zitadel:iam:org:project:role:{roleKey}', 'asks for one role of the project'),
  preset('urn:zitadel:iam:org:id:{orgId}', 'binds the token to one organisation'),
];

/** A server that takes the JWT bearer grant and publishes its metadata. */
const generic: Provider = {
  id: 'generic',
  name: 'Other OpenID provider (JWT bearer)',
  summary: 'Any server that takes the JWT bearer grant (RFC 7523 §2.1) and publishes its metadata.',
  issuerExample: 'https://login.example.com',
  issuerIsFixed: false,
  discovers: true,
  endpoints: { token: '', userinfo: '', introspection: '', revocation: '', jwks: '' },
  parameters: [],
  ids: { userId: '', clientId: '', keyId: '' },
  keyFiles: { shapes: [], rules: [] },
  privateKey: {
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    carrier: 'assertion',
    body: 'form',
    fields: {},
    withClientSecret: false,
    algorithms: ['RS256'],
    header: { typ: 'JWT', keyId: 'ifKnown', certificate: false },
    issuer: '{userId}',
    subject: '{userId}',
    audience: ['{issuer}'],
    keyIdClaim: false,
    issuedAt: true,
    notBefore: false,
    jwtId: true,
    claims: {},
    lifetime: 300,
    lifetimeCap: 3600,
    backdate: 20,
    direct: false,
    directRules: null,
    speaksForUsers: false,
  },
  clientSecret: { grantType: 'client_credentials', place: 'basicEncoded', body: 'form', fields: {} },
  readyToken: 'bearer',
  response: { token: ['/access_token'], lifetime: '/expires_in', expiresAt: '', scope: '/scope', tokenType: '/token_type', tokenTypeOptional: false, created: false, shown: [] },
  scopes: { place: 'body', separator: ' ', required: false, defaults: ['openid'], presets: OPENID },
  tokenIssuer: null,
  userinfo: { method: 'GET', subject: '/sub', subjectIsUser: false, directOn404: false },
  introspection: { place: 'basicEncoded', audience: ['{issuer}'], audienceScope: '', revocationNote: '' },
  keySet: { method: 'GET', authenticated: false },
  probe: null,
  provisioning: null,
  glossary: [],
  clockTolerance: 60,
  family: '',
  refusals: { serverName: '', hostIsIssuer: false, issuerInAudience: false, versionHelp: '', rules: [], otherwise: [] },
};

/** The servers find the key by its id. */
const BY_KEY_ID = { typ: 'JWT', keyId: 'required' as const, certificate: false };

const zitadel: Provider = {
  ...generic,
  id: 'zitadel',
  name: 'ZITADEL (self-hosted)',
  summary: 'Your own ZITADEL, version 2 or later. Every custom domain is an issuer of its own.',
  issuerExample: 'https://auth.example.com',
  endpoints: {
    token: '{base}/oauth/v2/token',
    userinfo: '{base}/oidc/v1/userinfo',
    introspection: '{base}/oauth/v2/introspect',
    revocation: '{base}/oauth/v2/revoke',
    jwks: '{base}/oauth/v2/keys',
  },
  keyFiles: { shapes: ['zitadel-service-account', 'zitadel-application'], rules: [] },
  privateKey: { ...generic.privateKey!, header: BY_KEY_ID },
  scopes: { place: 'body', separator: ' ', required: true, defaults: ['openid', 'profile'], presets: ZITADEL },
  introspection: { place: 'basicEncoded', audience: ['{issuer}'], audienceScope: 'urn:zitadel:iam:org:project:id:{projectId}:aud', revocationNote: 'ZITADEL revokes a token only for the application that it was issued to, so in practice a service user’s token can’t be revoked. Removing its key doesn’t end tokens that were issued: they last until they expire.' },
  clockTolerance: 1,
  family: 'ZITADEL and Paonia',
  refusals: { ...generic.refusals, serverName: 'ZITADEL', hostIsIssuer: true, issuerInAudience: true },
};

/** A described key file that holds nothing; what a test or scene needs is put in. */
const rule: Provider['keyFiles']['rules'][number] = {
  name: '',
  matches: {},
  privateKey: '',
  publicKey: '',
  keyEncoding: 'pem',
  passphrase: '',
  clientSecret: '',
  readyToken: '',
  userId: '',
  clientId: '',
  keyId: '',
  issuer: '',
  audience: '',
  tokenEndpoint: '',
  expiresAt: '',
  suggestedName: '',
  optional: [],
};

const frontier = (path: string) => (method: 'GET' | 'POST' | 'DELETE') => ({ method, url: `{base}/v1beta1/organizations/{orgId}/serviceusers/{userId}${path}`, body: {} });

export const own: Provider = {
  ...generic,
  id: 'acme-sso',
  name: 'Acme SSO',
  summary: 'The company’s own gateway in front of three identity providers.',
  issuerExample: 'https://sso.acme.example',
  scopes: { ...generic.scopes, separator: ',' },
};

export const providers: Provider[] = [
  own,
  { ...zitadel, id: 'zitadel-cloud', name: 'ZITADEL Cloud', summary: 'An instance at zitadel.cloud, or your own domain for it.', issuerExample: 'https://my-instance-abc123.zitadel.cloud' },
  zitadel,
  { ...zitadel, id: 'zitadel-2021', name: 'ZITADEL 2021 (zitadel.ch)', summary: 'The first generation, with the issuer and its endpoints on two hosts.', issuerExample: 'https://issuer.zitadel.ch', issuerIsFixed: true, clientSecret: null, readyToken: null },
  { ...zitadel, id: 'paonia', name: 'Paonia', summary: 'Three values instead of a file: user id, key id and private key.', issuerExample: 'https://auth.paonia.io', issuerIsFixed: true, keyFiles: generic.keyFiles, clientSecret: null, readyToken: null, privateKey: { ...zitadel.privateKey!, audience: ['{issuer}', '{issuerHost}'] } },
  {
    ...generic,
    id: 'frontier-rest',
    name: 'Raystack Frontier (REST)',
    summary: 'Frontier v0.40 to v0.90, over its REST paths with the organisation in them.',
    issuerExample: 'https://frontier.example.com',
    discovers: false,
    endpoints: { token: '{base}/v1beta1/auth/token', userinfo: '{base}/v1beta1/users/self', introspection: '', revocation: '', jwks: '{base}/.well-known/jwks.json' },
    parameters: [{ name: 'orgId', label: 'Organisation id', explains: 'Needed to make and remove keys and secrets; it stands in the organisation’s address in the console', required: false }],
    ids: { userId: 'Service user id', clientId: 'Client id (the secret’s or token’s id)', keyId: 'Key id (kid)' },
    keyFiles: { shapes: ['frontier-key', 'frontier-secret', 'frontier-token'], rules: [] },
    privateKey: { ...generic.privateKey!, carrier: 'bearer', body: 'json', keyIdClaim: true, backdate: 45, direct: true },
    clientSecret: { grantType: 'client_credentials', place: 'basicRaw', body: 'json', fields: {} },
    readyToken: 'basic',
    scopes: { ...generic.scopes, place: 'none', defaults: [], presets: [] },
    provisioning: {
      createKey: frontier('/keys')('POST'),
      createSecret: frontier('/secrets')('POST'),
      publicKey: frontier('/keys/{keyId}')('GET'),
      deleteKey: frontier('/keys/{keyId}')('DELETE'),
      deleteSecret: frontier('/secrets/{keyId}')('DELETE'),
    },
    family: 'Raystack Frontier',
    refusals: { ...generic.refusals, serverName: 'Frontier' },
    clockTolerance: 0,
  },
  {
    ...generic,
    id: 'google',
    name: 'Google Cloud',
    summary: 'Service accounts of Google Cloud and Workspace, with the console’s JSON key file.',
    issuerExample: 'https://accounts.google.com',
    issuerIsFixed: true,
    endpoints: { ...generic.endpoints, token: 'https://oauth2.googleapis.com/token' },
    ids: { userId: 'Client e-mail', clientId: '', keyId: 'Private key id' },
    privateKey: { ...generic.privateKey!, audience: ['{tokenEndpoint}'], direct: true, directRules: { subject: '{userId}', audience: [], claims: {} } },
    clientSecret: null,
    readyToken: null,
  },
  {
    ...generic,
    id: 'box',
    name: 'Box',
    summary: 'Platform apps with server authentication (JWT), with the developer console’s settings file.',
    issuerExample: 'https://api.box.com',
    issuerIsFixed: true,
    parameters: [{ name: 'subjectType', label: 'Subject type', explains: '`enterprise` for the app’s service account, `user` for one user', required: true }],
    ids: { userId: 'Enterprise or user id', clientId: 'Client id', keyId: 'Public key id' },
    keyFiles: { shapes: [], rules: [{ ...rule, name: 'Application settings (Box)', matches: { '/boxAppSettings': '' }, privateKey: '/boxAppSettings/appAuth/privateKey', keyId: '/boxAppSettings/appAuth/publicKeyID' }] },
    privateKey: { ...generic.privateKey!, issuer: '{clientId}', audience: ['{tokenEndpoint}'], header: BY_KEY_ID, withClientSecret: true, speaksForUsers: true },
    readyToken: null,
  },
  generic,
];

/** A profile's text, as far as one looks at it. */
export function profileText(id: string): string {
  const provider = providers.find((each) => each.id === id) ?? own;
  return `id = "${provider.id}"
name = "${provider.name}"
summary = "${provider.summary}"
issuerExample = "${provider.issuerExample}"
issuerIsFixed = ${provider.issuerIsFixed}
discovers = ${provider.discovers}
clockTolerance = ${provider.clockTolerance}

[privateKey]
grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
carrier = "${provider.privateKey?.carrier ?? 'assertion'}"
issuer = "{userId}"
subject = "{userId}"
audience = ${JSON.stringify(provider.privateKey?.audience ?? [])}
lifetime = 300
lifetimeCap = 3600
backdate = 20

[refusals]
serverName = "${provider.refusals.serverName}"

[response]
token = ["/access_token"]
lifetime = "/expires_in"

[scopes]
place = "${provider.scopes.place}"
separator = "${provider.scopes.separator}"
defaults = ${JSON.stringify(provider.scopes.defaults)}
`;
}

/** The same as a copy to edit. */
export function copiedText(id: string): string {
  return profileText(id).replace(/^id = "(.*)"$/m, 'id = "$1-copy"').replace(/^name = "(.*)"$/m, 'name = "$1 (copy)"');
}

/** Reads so much of a profile's text that the gallery can list it; null where id or name is missing. */
export function profileOf(text: string): Provider | null {
  const member = (name: string) => new RegExp(`^\\s*"?${name}"?\\s*[=:]\\s*"([^"]+)"`, 'm').exec(text)?.[1];
  const [id, name] = [member('id'), member('name')];
  return id && name ? { ...own, id, name, summary: member('summary') ?? '' } : null;
}

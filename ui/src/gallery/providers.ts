/** Provider profiles in the shapes of the built-in ones, and one of the user's own. */
import type { Endpoint, EndpointView, PresetView, ProviderView } from '../lib/bindings';

const preset = (scope: string, explains: string): PresetView => ({ scope, explains });

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
  preset('urn:zitadel:iam:org:project:role:{roleKey}', 'requests one role of the project'),
  preset('urn:zitadel:iam:org:id:{orgId}', 'binds the token to one organisation'),
];

const usual = (endpoint: Endpoint, address = ''): EndpointView => ({ endpoint, usual: address });
const DISCOVERED: EndpointView[] = (['token', 'userinfo', 'introspection', 'revocation', 'jwks'] as const).map((each) => usual(each));

/** A server that takes the JWT bearer grant and publishes its metadata. */
const generic: ProviderView = {
  id: 'generic',
  name: 'Other OpenID provider (JWT bearer)',
  summary: 'Any server that supports the JWT bearer grant (RFC 7523 §2.1) and publishes its metadata.',
  family: '',
  issuerExample: 'https://login.example.com',
  issuerIsFixed: false,
  parameters: [],
  ids: { userId: '', clientId: '', keyId: '' },
  takes: ['private-key', 'client-secret', 'personal-token', 'application-key'],
  endpoints: DISCOVERED,
  audience: 'the issuer',
  tokenIssuer: null,
  scopes: { place: 'body', separator: ' ', required: false, defaults: ['openid'], presets: OPENID },
  keysClosed: false,
  creates: [],
  removes: [],
  rotates: [],
  lists: [],
  takesRegistrationTokens: false,
  creation: null,
  comparesKeys: false,
  revocationNote: '',
  clockTolerance: 60,
};

const zitadel: ProviderView = {
  ...generic,
  id: 'zitadel',
  name: 'ZITADEL (self-hosted)',
  summary: 'Your own ZITADEL, version 2 or later. Every custom domain is a separate issuer.',
  family: 'ZITADEL and Paonia',
  issuerExample: 'https://auth.example.com',
  parameters: [{ name: 'orgId', label: 'Organisation id', explains: 'Only for ZITADEL v2', required: false }],
  rotates: ['private-key', 'client-secret', 'personal-token'],
  lists: ['private-key', 'personal-token'],
  creation: {
    organisation: 'orgId',
    roles: [
      { role: 'ORG_USER_MANAGER', explains: 'manages users and their keys' },
      { role: 'ORG_OWNER', explains: 'manages everything in the organisation' },
    ],
    rolesElsewhere: '',
  },
  endpoints: [
    usual('token', '{base}/oauth/v2/token'),
    usual('userinfo', '{base}/oidc/v1/userinfo'),
    usual('introspection', '{base}/oauth/v2/introspect'),
    usual('revocation', '{base}/oauth/v2/revoke'),
    usual('jwks', '{base}/oauth/v2/keys'),
  ],
  scopes: { place: 'body', separator: ' ', required: true, defaults: ['openid', 'profile'], presets: ZITADEL },
  revocationNote:
    'ZITADEL revokes a token only for the application that it was issued to, so in practice a service user’s token can’t be revoked. Removing its key doesn’t end tokens that were issued: they last until they expire.',
  clockTolerance: 1,
};

export const own: ProviderView = {
  ...generic,
  id: 'acme-sso',
  name: 'Acme SSO',
  summary: 'The company’s own gateway in front of three identity providers.',
  issuerExample: 'https://sso.acme.example',
  scopes: { ...generic.scopes, separator: ',' },
};

const KEYS_ONLY: ProviderView['takes'] = ['private-key', 'application-key'];

export const providers: ProviderView[] = [
  own,
  { ...zitadel, id: 'zitadel-cloud', name: 'ZITADEL Cloud', summary: 'An instance at zitadel.cloud, or your own domain for it.', issuerExample: 'https://my-instance-abc123.zitadel.cloud' },
  zitadel,
  { ...zitadel, id: 'zitadel-2021', name: 'ZITADEL 2021 (zitadel.ch)', summary: 'The first generation, with the issuer and its endpoints on two hosts.', issuerExample: 'https://issuer.zitadel.ch', issuerIsFixed: true, takes: KEYS_ONLY },
  { ...zitadel, id: 'paonia', name: 'Paonia', summary: 'Three values instead of a file: user id, key id and private key.', issuerExample: 'https://auth.paonia.io', issuerIsFixed: true, takes: KEYS_ONLY, audience: 'the issuer and the issuer’s host' },
  {
    ...generic,
    id: 'frontier-rest',
    name: 'Raystack Frontier (REST)',
    summary: 'Frontier v0.40 to v0.90, over REST paths that include the organisation.',
    family: 'Raystack Frontier',
    issuerExample: 'https://frontier.example.com',
    endpoints: [usual('token', '{base}/v1beta1/auth/token'), usual('userinfo', '{base}/v1beta1/users/self'), usual('jwks', '{base}/.well-known/jwks.json')],
    parameters: [{ name: 'orgId', label: 'Organisation id', explains: 'Needed to make and remove keys and secrets; the organisation’s address in the console contains it', required: false }],
    ids: { userId: 'Service user id', clientId: 'Client id (the secret’s or token’s id)', keyId: 'Key id (kid)' },
    scopes: { ...generic.scopes, place: 'none', defaults: [], presets: [] },
    creates: ['private-key', 'client-secret'],
    removes: ['private-key', 'client-secret'],
    comparesKeys: true,
    clockTolerance: 0,
  },
  {
    ...generic,
    id: 'google',
    name: 'Google Cloud',
    summary: 'Service accounts of Google Cloud and Workspace, with the console’s JSON key file.',
    issuerExample: 'https://accounts.google.com',
    issuerIsFixed: true,
    endpoints: [usual('token', 'https://oauth2.googleapis.com/token'), ...DISCOVERED.slice(1)],
    ids: { userId: 'Client e-mail', clientId: '', keyId: 'Private key id' },
    takes: KEYS_ONLY,
    audience: 'the token endpoint',
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
    takes: ['private-key', 'client-secret', 'application-key'],
    audience: 'the token endpoint',
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
discovers = true
clockTolerance = ${provider.clockTolerance}

[privateKey]
grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
carrier = "assertion"
issuer = "{userId}"
subject = "{userId}"
audience = ["{issuer}"]
lifetime = 300
lifetimeCap = 3600
backdate = 20

[refusals]
serverName = "${provider.name}"

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
export function profileOf(text: string): ProviderView | null {
  const member = (name: string) => new RegExp(`^\\s*"?${name}"?\\s*[=:]\\s*"([^"]+)"`, 'm').exec(text)?.[1];
  const [id, name] = [member('id'), member('name')];
  return id && name ? { ...own, id, name, summary: member('summary') ?? '' } : null;
}

/** Credentials of every kind, and what they are good for beyond minting; invented. */
import { from, keyFacts, token } from './data';
import { claim } from './inspections';
import type {
  Credential,
  CredentialKind,
  Introspection,
  Introspector,
  Review,
  ServiceUserRow,
  Signed,
  ExistingCredential,
  PlanEntry,
  PlanItem,
  TokenView,
} from '../lib/bindings';

const DAY = 86_400_000;

/** The environment of the scene `kinds`: a Frontier, where credentials are made and removed. */
export const FRONTIER = '00000000-0000-4000-8000-000000000005';

const USERS: [string, CredentialKind, number][] = [
  ['platform-admin', 'private-key', 1],
  ['order-router', 'private-key', 2],
  ['report-builder', 'client-secret', 1],
  ['legacy-sync', 'personal-token', 1],
  ['gateway-api', 'application-key', 1],
];

/** One service user of each kind of credential. */
export function rowsOfKinds(): ServiceUserRow[] {
  return USERS.map(([name, credentialKind, credentials], i) => ({
    id: `k${i}`,
    environment: FRONTIER,
    userId: `5f0c1a7e-93d2-4b6e-a1c4-0d2e8f7b6a1${i}`,
    defaultCredential: `k${i}-${credentialKind}`,
    createdAt: from(-40 * DAY),
    lastUsedAt: null,
    name,
    scopes: [],
    favourite: false,
    tags: [],
    notes: '',
    credentialKind,
    credentials,
    keyId: `c0ffee00-1111-4222-8333-44445555666${i}`,
    keyExpiresAt: null,
    keyMissing: false,
    token: i === 1 ? { state: 'valid' as const, expiresAt: from(DAY / 24) } : { state: 'none' as const },
  }));
}

/** A credential of a kind, as the catalogue keeps it. */
export function credentialOf(kind: CredentialKind, serviceUser: string, change: Partial<Credential> = {}): Credential {
  const isKey = kind === 'private-key' || kind === 'application-key';
  return {
    id: `${serviceUser}-${kind}`,
    serviceUser,
    kind,
    keyId: isKey ? 'c0ffee00-1111-4222-8333-444455556666' : null,
    clientId: kind === 'private-key' ? null : '9a1b2c3d-0000-4111-8222-333344445555',
    key: isKey ? keyFacts : null,
    certificate: null,
    audience: null,
    source: { from: 'file', name: `${kind}.json` },
    state: 'active',
    issuedAt: null,
    expiresAt: null,
    importedAt: from(-12 * DAY),
    lastUsedAt: null,
    refusedAt: null,
    tokenEndpoint: null,
    ...change,
  };
}

/** The credentials of one of `rowsOfKinds`. */
export function credentialsOf(row: ServiceUserRow): Credential[] {
  const kind = row.credentialKind ?? 'private-key';
  const first = credentialOf(kind, row.id, kind === 'private-key' ? { certificate: 'q2Yt8pXkqU0nJ0m7xN4uR5c3bV1zL9sD6fG2hK8wE0A' } : {});
  const second = credentialOf('client-secret', row.id, { source: { from: 'generated' } });
  return row.credentials > 1 ? [first, second] : [first];
}

/** Who can introspect in an environment; nobody in the first one. */
export function introspectors(of: string): Introspector[] {
  if (of.endsWith('1')) return [];
  return [
    { credential: 'i1', kind: 'application-key', name: 'orders-api', clientId: '221440130021003264@orders', project: '221440129785921540' },
    { credential: 'i2', kind: 'client-secret', name: 'gateway', clientId: '221440130021003777@gateway', project: null },
  ];
}

/** What introspection says: not active without the project's scope. */
export function introspection(active: boolean): Introspection {
  const audienceScope = 'urn:zitadel:iam:org:project:id:{projectId}:aud';
  if (!active) {
    return {
      active,
      claims: [claim('active', 'false')],
      json: '{\n  "active": false\n}',
      causes: [
        {
          code: 'audience-scope-missing',
          sentence: 'The token isn’t meant for the project of `221440130021003264@orders`: its audience scope wasn’t requested',
          dated: null,
          help: 'Mint again with this project’s audience scope and introspect',
          next: 'mint-with-audience',
        },
        {
          code: 'other-application',
          sentence: '`221440130021003264@orders` belongs to another project or server than the token is for',
          dated: null,
          help: 'Choose the credential of the application that receives the token',
          next: 'none',
        },
        { code: 'token-revoked', sentence: 'The token was revoked, or its service user has been deactivated since', dated: null, help: 'Mint a new one', next: 'try-again' },
      ],
      audienceScope,
    };
  }
  return {
    active,
    claims: [claim('active', 'true'), claim('scope', 'openid profile'), claim('client_id', 'deploy-bot', 'the client that asked for it'), claim('sub', '100507859606888466', 'who the token is about')],
    json: '{\n  "active": true,\n  "scope": "openid profile",\n  "client_id": "deploy-bot",\n  "sub": "100507859606888466"\n}',
    causes: [],
    audienceScope,
  };
}

export function signed(direct: boolean): Signed {
  return {
    assertion: {
      header: '{\n  "alg": "RS256",\n  "kid": "c0ffee00-1111-4222-8333-444455556666"\n}',
      payload: '{\n  "iss": "5f0c1a7e",\n  "sub": "5f0c1a7e",\n  "aud": "https://frontier.example.com"\n}',
    },
    expiresAt: from(300_000),
    direct,
    clearsAfter: 30,
  };
}

/** A token of which one scope was granted, one dropped, and one cannot be told. */
export function partlyGranted(scopes: string[], reused = false): TokenView {
  const grants = ['granted', 'unknown', 'dropped'] as const;
  return {
    ...token(scopes, reused),
    scopes: scopes.map((scope, i) => ({ scope, grant: grants[i % 3] ?? 'unknown' })),
    alsoSaid: [['instance_url', 'https://acme.my.salesforce.com']],
  };
}

/** One review of each kind that is no service user's key. */
export function reviewsOfKinds(): Review[] {
  const blank = {
    described: null,
    makers: [],
    name: null,
    userId: null,
    clientId: null,
    keyId: null,
    key: null,
    issuer: null,
    tokenEndpoint: null,
    certificate: false,
    clientSecret: false,
    issuedAt: null,
    expiresAt: null,
    importedIn: [],
    knownOtherwiseIn: [],
    warnings: [],
  };
  const review = (id: string, name: string, facts: Review['facts']): Review => ({ id, source: { from: 'file', name }, folder: '/home/kim/Downloads', facts, problem: null, takesUp: null });
  return [
    review('application', '221440130021003264.json', { ...blank, shape: 'zitadel-application', makers: ['zitadel-cloud', 'zitadel'], kind: 'application-key', clientId: '221440130021003264@orders', keyId: '221440131000000001', key: keyFacts }),
    review('secret', 'keycloak.json', { ...blank, shape: 'keycloak-settings', makers: ['keycloak'], kind: 'client-secret', name: 'orders', clientId: 'orders', issuer: 'https://login.acme.example/realms/main' }),
    review('box', 'box.json', { ...blank, shape: 'described', described: 'Application settings (Box)', makers: ['box'], kind: 'private-key', userId: '977', clientId: 'b0x', keyId: 'k1', key: keyFacts, clientSecret: true, tokenEndpoint: 'https://api.box.com/oauth2/token' }),
    review('token', 'token.json', { ...blank, shape: 'frontier-token', makers: ['frontier-connect', 'frontier-rest'], kind: 'personal-token', name: 'legacy', clientId: 't-1' }),
  ];
}

/** Two secrets of one client: one was refused when it was last used. */
export function existingSecrets(): ExistingCredential[] {
  return [
    { credential: 's1', importedAt: from(-40 * DAY), lastUsedAt: from(-9 * DAY), refusedAt: from(-DAY) },
    { credential: 's2', importedAt: from(-12 * DAY), lastUsedAt: from(-2 * DAY), refusedAt: null },
  ];
}

/** Where a secret's client has one already that was refused, the new one is to take its place. */
export function besideOthers({ review, ownerId }: PlanItem, { place }: PlanEntry): Partial<PlanItem> {
  if (review !== 'alone-client-secret' || ownerId === '') return {};
  return { existing: existingSecrets().slice(0, 1), replaces: place === 'beside' ? null : 's1' };
}

/** What was typed as a secret or token, under review. */
export function secretReview(kind: CredentialKind, typed: string | null): Review {
  const facts = { ...reviewsOfKinds()[3]!.facts!, shape: 'alone' as const, makers: [], kind, name: null, clientId: null };
  return { id: `alone-${kind}`, source: typed === null ? { from: 'paste' } : { from: 'form' }, folder: null, facts, problem: null, takesUp: null };
}

/** Invented data in the shapes and sizes of real life. Ids, hosts and keys belong to nobody. */
import type {
  ActivityEntry,
  ActivityFilter,
  ActivityPage,
  Credential,
  Environment,
  EnvironmentOverview,
  KeyFacts,
  MintTrace,
  Problem,
  Review,
  ServiceUserRow,
  Tier,
  TokenView,
} from '../lib/bindings';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A moment some milliseconds from now. */
export function from(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

function environment(n: number, name: string, tier: Tier, issuer: string, demo = false): Environment {
  return {
    id: `00000000-0000-4000-8000-00000000000${n}`,
    demo,
    createdAt: from(-90 * DAY),
    name,
    provider: n === 5 ? 'frontier-rest' : n === 4 ? 'paonia' : 'zitadel',
    tier,
    group: null,
    issuer,
    endpoints: { token: null, userinfo: null, introspection: null, revocation: null, jwks: null },
    audience: [],
    scopes: [],
    caCertificate: null,
    confirmedHosts: [],
    tokenHosts: [],
    programs: 'ask',
    parameters: {},
    expectedIssuer: null,
  };
}

/** Puts those that aren't local into two groups. */
export function inGroup(overview: EnvironmentOverview): EnvironmentOverview {
  const { name } = overview.environment;
  const group = name === 'Local' ? null : name === 'Paonia' ? 'Paonia' : 'Acme customers in Europe and the Middle East';
  return { ...overview, environment: { ...overview.environment, group } };
}

/** The environments; with `kinds`, one more whose service users have credentials of every kind. */
export function environments(demo: boolean, kinds = false): EnvironmentOverview[] {
  const row = (it: Environment, host: string, serviceUsers: number, expiring = 0, troubled = false) => ({
    environment: it,
    host,
    serviceUsers,
    expiring,
    troubled,
  });
  if (demo) {
    return [
      row(environment(1, 'Demo development', 'development', 'http://127.0.0.1:41873', true), '127.0.0.1:41873', 3),
      row(environment(2, 'Demo production', 'production', 'http://127.0.0.1:41874', true), '127.0.0.1:41874', 2),
    ];
  }
  return [
    row(environment(1, 'Local', 'development', 'http://localhost:8080'), 'localhost:8080', 3),
    row(environment(2, 'Staging', 'staging', 'https://acme-stg-abc123.zitadel.cloud'), 'acme-stg-abc123.zitadel.cloud', 14, 1),
    row(environment(3, 'Production', 'production', 'https://auth.acme.com'), 'auth.acme.com', 24, 2),
    row(environment(4, 'Paonia', 'production', 'https://auth.paonia.io'), 'auth.paonia.io', 2, 0, true),
    ...(kinds ? [row(environment(5, 'Frontier', 'development', 'https://frontier.example.com'), 'frontier.example.com', 5)] : []),
  ];
}

const NAMES =
  'deploy-bot billing-sync audit-export backup-runner catalog-indexer data-bridge edge-cache-purge fraud-model grafana-sync inventory-api kafka-mirror ledger-close mail-relay metrics-push nightly-report order-router price-feed quota-guard release-signer search-indexer session-sweeper tax-export user-import webhook-fanout'.split(
    ' ',
  );

function digits(seed: number): string {
  let text = '';
  let x = seed * 2654435761 + 97;
  while (text.length < 18) {
    x = (x * 1103515245 + 12345) % 2147483648;
    text += String(x % 10);
  }
  return `1${text.slice(1)}`;
}

export function serviceUsers(of: string, many: number): ServiceUserRow[] {
  const length = many > 0 ? many : of.endsWith('3') ? 24 : of.endsWith('2') ? 14 : 3;
  return Array.from({ length }, (_, i) => {
    const name = i < NAMES.length ? (NAMES[i] ?? '') : `${NAMES[i % NAMES.length] ?? ''}-${Math.floor(i / NAMES.length)}`;
    const expiry: Record<number, number> = { 1: 6 * DAY, 5: -3 * DAY, 8: 200 * DAY, 11: 20 * 3_600_000 };
    const expires = expiry[i];
    return {
      id: `${of.slice(0, 24)}${of.slice(-1)}${String(i).padStart(11, '0')}`,
      environment: of,
      userId: digits(i + 3 + Number(of.slice(-1)) * 100),
      defaultCredential: 'c1',
      createdAt: from(-40 * DAY),
      lastUsedAt: i % 3 === 0 ? from(-i * 3_600_000) : null,
      name,
      scopes: ['openid', 'profile', 'urn:zitadel:iam:org:projects:roles', 'urn:zitadel:iam:org:project:id:221440129785921540:aud'],
      favourite: i < 2,
      tags: i % 4 === 0 ? ['ci'] : [],
      notes: i === 1 ? 'Posts invoices at night.\nAsk the billing team before rotating.' : '',
      credentialKind: 'private-key' as const,
      credentials: i === 2 ? 2 : 1,
      keyId: digits(i + 900),
      keyExpiresAt: expires === undefined ? null : from(expires),
      keyMissing: i === 9,
      token: i === 0 ? { state: 'valid' as const, expiresAt: from(41 * MINUTE + 12_000) } : i === 7 ? { state: 'expired' as const } : { state: 'none' as const },
    };
  });
}

const PEM = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo
4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u
-----END PUBLIC KEY-----
`;

export const keyFacts: KeyFacts = {
  keyType: 'RSA',
  bits: 2048,
  fingerprint: '9f2c1be07a4d5e6683c1a0f97b20d4e85c3316aa0e9d47c21b58f6e4d7032c9a',
  thumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  publicPem: PEM,
  algorithm: null,
};

export function credentials(serviceUser: string, n: number, expires: string | null): Credential[] {
  return Array.from({ length: n }, (_, i) => ({
    id: `c${i + 1}`,
    serviceUser,
    kind: 'private-key' as const,
    keyId: digits(900 + i),
    clientId: null,
    certificate: null,
    audience: null,
    key: i === 0 ? keyFacts : { ...keyFacts, bits: 4096, fingerprint: keyFacts.fingerprint.split('').reverse().join('') },
    source: i === 0 ? { from: 'file' as const, name: 'deploy-bot.json' } : { from: 'paste' as const },
    state: i === 0 ? ('active' as const) : ('missing' as const),
    issuedAt: from(-1700 * DAY),
    expiresAt: i === 0 ? expires : from(-2 * DAY),
    importedAt: from(-40 * DAY),
    lastUsedAt: i === 0 ? from(-14 * MINUTE) : null,
    refusedAt: null,
    tokenEndpoint: null,
  }));
}

export function trace(): MintTrace {
  return {
    steps: [
      { name: 'Private key read', detail: 'from GNOME Keyring', milliseconds: 1.2, ok: true },
      { name: 'Assertion signed', detail: 'RS256 · kid 100509901696068329 · aud https://auth.acme.com · 5 min', milliseconds: 1.0, ok: true },
      { name: 'Token received', detail: 'POST https://auth.acme.com/oauth/v2/token · 200', milliseconds: 184.4, ok: true },
      { name: 'Clock', detail: 'in sync with the server', milliseconds: null, ok: true },
    ],
    assertion: {
      header: '{\n  "alg": "RS256",\n  "kid": "100509901696068329"\n}',
      payload:
        '{\n  "iss": "100507859606888466",\n  "sub": "100507859606888466",\n  "aud": "https://auth.acme.com",\n  "iat": 1795441302,\n  "exp": 1795441622,\n  "jti": "b7c1f0a2d94e4f53a1e8c6d2309b77f1"\n}',
    },
    request: {
      method: 'POST',
      url: 'https://auth.acme.com/oauth/v2/token',
      fields: [
        ['grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
        ['assertion', 'redacted'],
        ['scope', 'openid profile urn:zitadel:iam:org:projects:roles'],
      ],
    },
    status: 200,
    skewSeconds: -0.3,
  };
}

export function token(scopes: string[], reused = false): TokenView {
  return {
    form: 'jwt',
    lastFour: '9f3A',
    mintedAt: from(-14 * MINUTE),
    expiresAt: from(41 * MINUTE + 12_000),
    requestedScopes: scopes,
    grantedScopes: null,
    scopes: scopes.map((scope) => ({ scope, grant: 'granted' as const })),
    alsoSaid: [],
    subject: null,
    reused,
    trace: trace(),
  };
}

export function problem(code: string, message: string, help: string, rest: Partial<Problem> = {}): Problem {
  return { code, message, dated: null, help, next: 'none', line: null, details: [], serverResponse: null, causes: [], report: `${message} (${code})\n`, ...rest };
}

export const clockProblem = problem('refused', '`auth.paonia.io` refused the assertion', 'Use the server’s time, or set your clock', {
  serverResponse: { status: 500, body: '{"error":"server_error","error_description":"Errors.Internal"}' },
  causes: [
    {
      code: 'clock-ahead',
      sentence: 'Your clock is 74 s ahead of the server’s; ZITADEL allows 1 s',
      dated: null,
      help: 'Use the server’s time, or set your clock',
      next: 'use-server-time',
    },
    {
      code: 'key-unknown',
      sentence: 'The server doesn’t know the key `100509901696068329`: it was removed there, or it never belonged to this service user',
      dated: null,
      help: 'Check in the console that the key is still listed. If it isn’t, create a key and import it',
      next: 'import-key',
    },
  ],
});

export const expiredProblem = problem(
  'would-be-refused',
  'not sent, because it would be refused: This key expired on 30 September 2025 at 00:00 UTC',
  'Import a new key',
  {
    causes: [
      { code: 'key-expired', sentence: 'This key expired on 30 September 2025 at midnight UTC', dated: { before: 'This key expired on', at: '2025-09-30T00:00:00Z', after: '' }, help: 'Import a new key', next: 'import-key' },
    ],
  },
);

export function reviews(): Review[] {
  const facts = {
    shape: 'zitadel-service-account' as const,
    described: null,
    makers: ['zitadel-cloud', 'zitadel'],
    kind: 'private-key' as const,
    name: null,
    userId: '100507859606888466',
    clientId: null,
    keyId: '100509901696068329',
    key: keyFacts,
    issuer: null,
    tokenEndpoint: null,
    certificate: false,
    clientSecret: false,
    issuedAt: from(-2 * DAY),
    expiresAt: from(363 * DAY),
    importedIn: [],
    knownOtherwiseIn: [],
    warnings: [{ code: 'readable-by-others', message: 'Other users of this computer can read the file', dated: null }],
  };
  return [
    { id: 'r1', source: { from: 'file', name: 'deploy-bot.json' }, folder: '/home/kim/Downloads', facts, problem: null, takesUp: null },
    {
      id: 'r2',
      source: { from: 'file', name: 'ci-runner.pem' },
      folder: '/home/kim/keys',
      facts: { ...facts, shape: 'pem', makers: [], userId: null, keyId: null, expiresAt: null, issuedAt: null, warnings: [], importedIn: ['Staging'] },
      problem: null,
      takesUp: null,
    },
    {
      id: 'r3',
      source: { from: 'file', name: 'sealed.pem' },
      folder: '/home/kim/keys',
      facts: null,
      problem: problem('passphrase-needed', 'the key is encrypted', 'Enter the key’s passphrase'),
      takesUp: null,
    },
    {
      id: 'r4',
      source: { from: 'file', name: 'server.crt' },
      folder: '/home/kim/Downloads',
      facts: null,
      problem: problem('wrong-kind', 'this is a certificate, not a private key', 'Choose the private key that belongs to it'),
      takesUp: null,
    },
  ];
}

export function activity(): ActivityEntry[] {
  const entry = (minutes: number, action: ActivityEntry['action'], name: string, where: string, detail: string, errorCode: string | null = null) => ({
    at: from(-minutes * MINUTE),
    action,
    environment: null,
    environmentName: where,
    serviceUser: `00000000-0000-4000-8000-${[...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7).toString().slice(0, 12).padStart(12, '0')}`,
    serviceUserName: name,
    errorCode,
    detail,
    repeated: null as ActivityEntry['repeated'],
  });
  const claude = { ...entry(40, 'program', 'deploy-bot', 'Staging', 'claude (/usr/bin/claude)'), repeated: { times: 312, last: from(-2 * MINUTE) } };
  return [
    entry(1, 'copy', 'deploy-bot', 'Production', 'as token'),
    entry(13, 'inspect', 'deploy-bot', 'Production', 'verified'),
    entry(14, 'mint', 'deploy-bot', 'Production', 'valid for 11 h 59 min'),
    entry(15, 'mint', 'billing-sync', 'Paonia', '', 'refused'),
    claude,
    entry(50, 'reveal', 'deploy-bot', 'Production', ''),
    entry(300, 'userinfo', 'audit-export', 'Staging', ''),
    entry(2000, 'import', 'deploy-bot', 'Production', 'deploy-bot.json'),
    entry(9000, 'forget', 'old-bot', 'Staging', ''),
  ];
}

/** What a search of the record finds. */
export function found(filter: ActivityFilter): ActivityPage {
  const all = activity();
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const entries = all.filter(
    (entry) =>
      (!filter.action || entry.action === filter.action) &&
      (!filter.serviceUser || entry.serviceUser === filter.serviceUser) &&
      (!filter.outcome || (filter.outcome === 'failed') === (entry.errorCode !== null)) &&
      words.every((word) => `${entry.serviceUserName} ${entry.environmentName} ${entry.detail} ${entry.errorCode ?? ''}`.toLowerCase().includes(word)),
  );
  return { entries, found: entries.length, kept: all.length };
}

export { providers } from './providers';

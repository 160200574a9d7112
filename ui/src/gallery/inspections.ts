/** What inspecting gives, invented. */
import { problem } from './data';
import type { Claim, ClaimDifference, Comparison, Inspection, NamedIssuer, Userinfo } from '../lib/bindings';

export const claim = (name: string, value: string, meaning: string | null = null, rest: Partial<Claim> = {}): Claim => ({
  name,
  value,
  meaning,
  time: null,
  entries: [],
  ...rest,
});

export function claims(): Inspection {
  const now = Date.now();
  const at = (seconds: number) => ({ time: new Date(now + seconds * 1000).toISOString() });
  const unix = (seconds: number) => String(Math.floor(now / 1000) + seconds);
  const payload = [
    claim('iss', 'https://auth.acme.com', 'who issued the token'),
    claim('sub', '100507859606888466', 'who the token is about'),
    claim('aud', '["221440129785921540","221440129785921541"]', 'who should accept it'),
    claim('exp', unix(2472), 'not valid from this moment on', at(2472)),
    claim('iat', unix(-840), 'when it was issued', at(-840)),
    claim('nbf', unix(-840), 'not valid before this moment', at(-840)),
    claim('client_id', 'deploy-bot', 'the client that asked for it'),
    claim('jti', 'V2_298311049218474215-at_298311049218539751', 'the token’s own id'),
    claim('urn:zitadel:iam:org:project:roles', '{"deployer":{"100505":"acme.com"},"reader":{"100505":"acme.com"}}', 'roles granted to this service user', {
      entries: [
        { name: 'deployer', values: ['100505859606888400 (acme.com)'] },
        { name: 'reader', values: ['100505859606888400 (acme.com)', '100505859606888777 (sub.acme.com)'] },
      ],
    }),
    claim('note', 'evil\u202Eexe.txt', null),
  ];
  return {
    form: 'jwt',
    claims: {
      header: [claim('alg', 'RS256', 'the signature’s algorithm'), claim('kid', '289104', 'the key that signed it'), claim('typ', 'JWT')],
      payload,
      headerJson: '{\n  "alg": "RS256",\n  "kid": "289104",\n  "typ": "JWT"\n}',
      payloadJson: `{\n${payload.map((each) => `  ${JSON.stringify(each.name)}: ${/^[[{\d]/.test(each.value) && each.name !== 'sub' ? each.value : JSON.stringify(each.value)}`).join(',\n')}\n}`,
    },
    unreadable: null,
    // Production of the invented environments.
    namedEnvironment: '00000000-0000-4000-8000-000000000003',
    verification: {
      verdict: 'valid',
      checks: [
        { name: 'signature', holds: true, reason: 'RS256 with key 289104' },
        { name: 'iss', holds: true, reason: 'is the environment’s issuer' },
        { name: 'aud', holds: null, reason: 'no audience was named to check against' },
        { name: 'exp', holds: true, reason: 'in 41 minutes' },
        { name: 'nbf', holds: true, reason: '14 minutes ago' },
        { name: 'iat', holds: true, reason: '14 minutes ago' },
      ],
      algorithm: 'RS256',
      keyId: '289104',
      notices: [],
    },
    unchecked: null,
    unconfirmedHost: null,
    keysFrom: 'auth.acme.com',
    keysReader: null,
    skewSeconds: null,
    keysFetchedAt: new Date(now - 180_000).toISOString(),
  };
}

/** What inspecting some text finds; a word in it chooses the case: `opaque`, `encrypted`, `forged`, `late`, `foreign`, `offline`. */
export function inspected(text: string): Inspection | null {
  const found = claims();
  const verification = found.verification;
  if (!verification) return found;
  const check = (name: string, holds: boolean | null, reason: string) => ({ name, holds, reason });
  const unread = { claims: null, verification: null, keysFrom: null, keysFetchedAt: null };
  if (text.includes('opaque')) return { ...found, ...unread, form: 'opaque' };
  if (text.includes('encrypted')) return { ...found, ...unread, form: 'encrypted' };
  if (text.includes('forged')) {
    const checks = [check('signature', false, 'doesn’t fit the key `289104`'), ...['iss', 'aud', 'exp', 'nbf', 'iat'].map((name) => check(name, null, 'not checked: the signature is invalid'))];
    return { ...found, verification: { ...verification, verdict: 'signatureInvalid', checks } };
  }
  if (text.includes('late')) {
    const checks = verification.checks.map((each) => (each.name === 'exp' ? check('exp', false, 'expired 3 days 2 h ago (leeway 30 s)') : each));
    return { ...found, verification: { ...verification, verdict: 'claimsFail', checks, notices: ['the header has its own `jku`, which was ignored'] } };
  }
  if (text.includes('foreign')) {
    const why = 'the issuer publishes no key with the id `77`';
    return { ...found, verification: { ...verification, verdict: 'cannotVerify', why, checks: [check('signature', null, `not checked: ${why}`)] } };
  }
  if (text.includes('offline')) {
    const unchecked = problem('unreachable', 'couldn’t reach `auth.acme.com`', 'Check your network, VPN and proxy, and that the server is running');
    return { ...found, verification: null, unchecked, keysFrom: null, keysFetchedAt: null };
  }
  return text.includes('.') ? { ...found, verification: null, keysFrom: null, keysFetchedAt: null } : null;
}

export function userinfo(): Userinfo {
  return {
    claims: [
      claim('sub', '100507859606888466', 'who the token is about'),
      claim('name', 'deploy-bot'),
      claim('preferred_username', 'deploy-bot'),
      claim('updated_at', '1690000000', 'when it was last changed', { time: '2023-07-22T04:26:40Z' }),
    ],
    json: '{\n  "sub": "100507859606888466",\n  "name": "deploy-bot",\n  "preferred_username": "deploy-bot",\n  "updated_at": 1690000000\n}',
    subjectMatches: true,
    subject: null,
  };
}

/** What checking against a named issuer finds; one at `elsewhere` keeps its keys on another host. */
export function atIssuer(named: NamedIssuer): Inspection {
  const host = 'keys.example.net';
  if (!named.issuer.includes('elsewhere') || named.confirmedHosts.includes(host)) return claims();
  const unchecked = problem('host-unconfirmed', `the key set is on \`${host}\`, which isn’t confirmed for this environment`, 'Confirm the host if it is your provider’s');
  return { ...claims(), verification: null, unchecked, unconfirmedHost: host, keysFrom: null, keysFetchedAt: null };
}

/** How two tokens differ. */
export function compared(): Comparison {
  const later = (name: string, seconds: number): ClaimDifference => {
    const at = (plus: number) => claim(name, String(1795441302 + plus), null, { time: new Date((1795441302 + plus) * 1000).toISOString() });
    return { name, change: 'changed', passing: true, before: at(0), after: at(seconds), members: [] };
  };
  const one = (name: string, before: string | null, after: string | null, rest: Partial<ClaimDifference> = {}): ClaimDifference => ({
    name,
    change: before === null ? 'added' : after === null ? 'removed' : before === after ? 'same' : 'changed',
    passing: false,
    before: before === null ? null : claim(name, before),
    after: after === null ? null : claim(name, after),
    members: [],
    ...rest,
  });
  return {
    before: null,
    after: null,
    difference: {
      header: [one('alg', 'RS256', 'RS256'), one('kid', '289104', '301177')],
      payload: [
        one('iss', 'https://auth.acme.com', 'https://auth.acme.com'),
        one('sub', '100507859606888466', '100507859606888466'),
        one('aud', '["221440129785921540"]', '["221440129785921540", "221440129785921541"]', {
          members: [
            { name: '221440129785921540', change: 'same', before: [], after: [] },
            { name: '221440129785921541', change: 'added', before: [], after: [] },
          ],
        }),
        one('urn:zitadel:iam:org:project:roles', '{}', '{"deployer": {}}', {
          members: [
            { name: 'deployer', change: 'changed', before: ['100505: acme.com'], after: ['100505: acme.com', '100777: sub.acme.com'] },
            { name: 'reader', change: 'removed', before: ['100505: acme.com'], after: [] },
            { name: 'writer', change: 'added', before: [], after: ['100505: acme.com'] },
          ],
        }),
        one('client_id', 'deploy-bot', null),
        one('quota', '9007199254740992', '9007199254740993'),
        later('exp', 780),
        later('iat', 780),
        one('urn:zitadel:iam:org:id', null, '100505859606888400'),
        one('jti', 'V2_298311049218474215-at_298311049218539751', 'V2_298311049218474999-at_298311049218539000', { passing: true }),
      ],
    },
  };
}

/** A core that answers from invented data, so that every screen can be looked at without the app. */
import { grouped } from '../lib/environments.svelte';
import { Failure, type Ipc } from '../lib/ipc';
import type { Environment, EnvironmentDraft, KeychainState, Problem, ProviderView, ServiceUserDetail, ServiceUserRow, TokenView } from '../lib/bindings';
import * as data from './data';
import { atIssuer, claims, compared, inspected, userinfo } from './inspections';
import * as kinds from './kinds';
import { planOf } from './plan';
import { proposalOf } from './proposal';
import { copiedText, own, profileOf, profileText } from './providers';
import { fakeAgent } from './agent';
import { fakeDesktop } from './desktop';
import { fakeRotations } from './rotations';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function fail(problem: Problem): never {
  throw new Failure(problem);
}

const KEYCHAINS: Record<string, KeychainState> = {
  locked: { state: 'locked', name: 'GNOME Keyring' },
  absent: { state: 'absent' },
  silent: { state: 'silent' },
};

/** As long a row as people make them: its name, and three tags. */
const lengthened = (row: ServiceUserRow): ServiceUserRow => ({ ...row, name: `${row.name}-of-the-platform-team-for-nightly-reports`, tags: ['kubernetes', 'nightly', 'payments'], notes: 'Runs every night from the cluster in Frankfurt; ask #platform before rotating its key, since the warehouse reads it from a mounted file.' });

/** Many files, for the table: keys, keys that lack something, and what is none. */
const manyFiles = () => Array.from({ length: 40 }, (_, i) => ({ ...data.reviews()[i % 4]!, id: `many-${i}`, source: { from: 'file' as const, name: `key-${i}.json` } }));

const droppedIn = (scene: string) => (scene === 'drop-many' ? manyFiles() : scene === 'drop' ? data.reviews() : scene === 'drop-kinds' ? kinds.reviewsOfKinds() : scene === 'drop-pem' ? data.reviews().slice(1, 2) : data.reviews().slice(0, 1));

/** Makes the core of a scene: `drop`, `drop-one`, `drop-pem`, `drop-kinds`, `drop-first`, `drop-many`, `long` (long names, three tags), `kinds`, `users`, `groups` (environments in groups), `whole` (every scope was granted), `first`, `demo`, `many`, `locked`, `absent`, `silent`, `broken`. */
export function fakeCore(scene: string): Partial<Ipc> {
  let environments = scene === 'first' || scene === 'drop-first' ? [] : data.environments(scene === 'demo', scene === 'kinds');
  if (scene === 'groups') environments = environments.map(data.inGroup);
  let providers: ProviderView[] = data.providers;
  let confirmed = false;
  let keychain: KeychainState = KEYCHAINS[scene] ?? { state: 'ready', name: 'GNOME Keyring' };
  const rows = new Map<string, ServiceUserRow[]>();
  // One and the same token until another is minted, as in the core's memory.
  const tokens = new Map<string, TokenView>();
  const tokenOf = (id: string, scopes: string[]) => {
    const kept = tokens.get(id) ?? (scene === 'whole' ? data.token(scopes) : kinds.partlyGranted(scopes, true));
    tokens.set(id, kept);
    return kept;
  };
  const rowsOf = (of: string) => {
    const known = rows.get(of) ?? (of === kinds.FRONTIER ? kinds.rowsOfKinds() : data.serviceUsers(of, scene === 'many' && of.endsWith('3') ? 10_000 : 0).map(scene === 'long' ? lengthened : (row) => row));
    rows.set(of, known);
    return known;
  };
  const all = () => environments.flatMap((each) => rowsOf(each.environment.id));
  const row = (id: string) => all().find((each) => each.id === id) ?? fail(data.problem('gone', 'it is gone', 'Refresh the list'));
  const environmentOf = (id: string) => environments.find((each) => each.environment.id === id)?.environment ?? fail(data.problem('gone', 'it is gone', 'Refresh the list'));
  const dropped: ((event: { reviews: ReturnType<typeof data.reviews>; problem: null }) => void)[] = [];

  const detail = (id: string): ServiceUserDetail => {
    const user = row(id);
    const environment = environmentOf(user.environment);
    return {
      // A copy, as the real core's replies are never the same object twice.
      serviceUser: { ...user },
      environment,
      host: new URL(environment.issuer).host,
      credentials: environment.id === kinds.FRONTIER ? kinds.credentialsOf(user) : data.credentials(id, user.credentials, user.keyExpiresAt),
      token: user.token.state === 'valid' ? { ...tokenOf(id, user.scopes) } : null,
    };
  };
  const mint = async (id: string, ask: { sendAnyway?: boolean; useServerTime?: boolean }) => {
    await pause(150);
    const user = row(id);
    const environment = environmentOf(user.environment);
    if (environment.tier === 'production' && !confirmed) {
      fail(data.problem('production-unconfirmed', `\`${environment.name}\` is production, and minting wasn’t confirmed in this session`, 'Confirm'));
    }
    if (user.name === 'data-bridge' && !ask.sendAnyway) fail(data.expiredProblem);
    if (environment.name === 'Paonia' && !ask.useServerTime) fail(data.clockProblem);
    if (keychain.state === 'locked') fail(data.problem('keychain-locked', 'the keychain is locked', 'Unlock the keychain and try again'));
    const token = data.token(user.scopes, user.token.state === 'valid');
    user.token = { state: 'valid', expiresAt: token.expiresAt };
    if (!token.reused) tokens.set(id, token);
    return token;
  };

  const save = async (id: string, draft: EnvironmentDraft): Promise<Environment> => {
    await pause(100);
    const made = { ...draft, id, demo: false, createdAt: data.from(0) } as Environment;
    const overview = { environment: made, host: new URL(made.issuer).host, serviceUsers: 0, expiring: 0, troubled: false };
    environments = [...environments.filter((each) => each.environment.id !== id), overview];
    return made;
  };

  return {
    ...fakeAgent(scene),
    ...fakeRotations(scene, all),
    ...fakeDesktop(scene, { environments: () => environments, users: all, keychain: () => keychain }),
    startup: async () => {
      if (scene === 'broken') {
        fail(data.problem('catalog-newer', 'the catalogue was written by a newer Mintage (schema 7)', 'Update Mintage. The catalogue wasn’t changed', { details: ['schema version 7 is unknown'] }));
      }
      return {
        version: '0.1.0',
        dataFolder: '/home/kim/.local/share/mintage',
        keychain,
        repaired: { finished: 0, interrupted: 0, removed: 0, missing: 0, foundAgain: 0, changed: false, orphans: [] },
        demoProblem: null,
      };
    },
    providers: async () => providers,
    ownProviders: async () => ({ usable: providers.map((each) => each.id).filter((id) => id === own.id || !data.providers.some((each) => each.id === id)), unusable: [] }),
    providerText: async (id) => profileText(id),
    copiedProviderText: async (id) => copiedText(id),
    chooseProvider: async () => copiedText('generic'),
    exportProvider: async () => true,
    reviewProvider: async (text) => {
      const read = profileOf(text) ?? fail(data.problem('profile-unreadable', 'the profile can’t be read at line 2: missing field `name`', 'Fix that line'));
      return {
        id: read.id,
        exists: providers.some((each) => each.id === read.id),
        hosts: [{ host: 'login.acme.example', members: ['endpoints.token', 'issuerExample'] }],
        nearest: 'ZITADEL Cloud',
        differences: [{ member: 'name', before: 'ZITADEL Cloud', after: read.name }],
        document: JSON.stringify({ id: read.id, name: read.name, discovers: true, clockTolerance: 30, endpoints: { token: 'https://login.acme.example/token' } }),
      };
    },
    changedProviderText: async (text, path, value) => text.replace(new RegExp(`^${path.at(-1)} = .*$`, 'm'), `${path.at(-1)} = ${value}`),
    saveProvider: async (text, replaces) => {
      await pause(100);
      const read = profileOf(text) ?? fail(data.problem('profile-unreadable', 'the profile can’t be read at line 2: missing field `name`', 'Fix that line; an exported profile lists every member there is'));
      if (replaces === null && providers.some((each) => each.id === read.id)) {
        fail(data.problem('profile-id-taken', `a provider profile with the id \`${read.id}\` exists already`, 'Give the profile another id, or replace the existing one'));
      }
      providers = [read, ...providers.filter((each) => each.id !== read.id)];
      return read;
    },
    forgetProvider: async (id) => {
      providers = providers.filter((each) => each.id !== id);
      return null;
    },
    environments: async () => grouped(environments).flatMap(({ list }) => list),
    proposeEnvironment: async (request) => proposalOf(request, environments),
    addEnvironment: (draft) => save('00000000-0000-4000-8000-000000000009', draft),
    editEnvironment: (opened, draft) => save(opened.id, draft),
    orderEnvironments: async (order) => {
      const place = (id: string) => order.indexOf(id);
      environments = environments.toSorted((a, b) => place(a.environment.id) - place(b.environment.id));
      return null;
    },
    forgetEnvironment: async (id) => {
      environments = environments.filter((each) => each.environment.id !== id);
      return null;
    },
    checkEnvironment: async (draft) => {
      await pause(400);
      return {
        issuer: draft.issuer,
        host: 'auth.example.com',
        endpoints: [
          { endpoint: 'token', name: 'token endpoint', url: `${draft.issuer}/oauth/v2/token`, origin: 'from discovery', asked: false },
          { endpoint: 'userinfo', name: 'userinfo endpoint', url: `${draft.issuer}/oidc/v1/userinfo`, origin: 'from discovery', asked: false },
          { endpoint: 'introspection', name: 'introspection endpoint', url: `${draft.issuer}/oauth/v2/introspect`, origin: 'the provider’s usual', asked: false },
          { endpoint: 'jwks', name: 'key set', url: 'https://keys.example.net/jwks', origin: 'from discovery', asked: false },
        ],
        asked: [{ name: 'discovery document', url: `${draft.issuer}/.well-known/openid-configuration`, status: 200, fits: true }],
        unconfirmedHosts: ['keys.example.net'],
        keys: 2,
        skewSeconds: 1.4,
        problems: [],
      };
    },
    confirmProduction: async () => {
      confirmed = true;
      return null;
    },
    serviceUsers: async (of) => {
      if (environments.length === 0) return [];
      return (of === null ? all() : rowsOf(of)).map((each) => ({ ...each }));
    },
    actors: async (of) => rowsOf(of).filter(({ credentialKind }) => credentialKind !== null && credentialKind !== 'application-key'),
    serviceUser: async (id) => detail(id),
    editServiceUser: async (id, _, draft) => {
      Object.assign(row(id), draft);
      return null;
    },
    forgetServiceUser: async () => null,
    relocate: async (relocations) => {
      for (const { serviceUser, to } of relocations) {
        const user = row(serviceUser);
        rows.set(user.environment, rowsOf(user.environment).filter((each) => each !== user));
        rows.set(to, [...rowsOf(to), { ...user, environment: to, token: { state: 'none' } }]);
      }
      return null;
    },
    makeDefault: async () => null,
    forgetCredential: async () => null,
    chooseKeyFiles: async () => data.reviews(),
    reviewClipboard: async () => {
      const pasted = data.reviews()[0];
      return pasted ? { ...pasted, source: { from: 'paste' as const }, folder: null } : fail(data.problem('clipboard-empty', 'there is no text on the clipboard', 'Copy the key first'));
    },
    paste: async () => {
      const pasted = data.reviews()[0];
      return pasted ? { kind: 'key', review: { ...pasted, source: { from: 'paste' as const }, folder: null } } : { kind: 'token' };
    },
    clearPasted: async () => true,
    clipboardIssuer: async () => null,
    copyPublicKeys: async (ids) => ids.length,
    openLink: async () => null,
    showExported: async () => null,
    quit: async () => null,
    onClipboardReplaced: async () => () => undefined,
    unseal: async (id, passphrase) => {
      const [known] = data.reviews();
      if (passphrase === 'wrong' || !known) {
        return { id, source: { from: 'file', name: 'sealed.pem' }, folder: '/home/kim/keys', facts: null, problem: data.problem('passphrase-wrong', 'this passphrase doesn’t open the key', 'Enter the key’s passphrase'), takesUp: null };
      }
      return { ...known, id, source: { from: 'file', name: 'sealed.pem' } };
    },
    import: async (requests) => {
      await pause(200);
      return requests.map((request) => {
        const first = rowsOf(request.environment)[0];
        const kind = [...data.reviews(), ...kinds.reviewsOfKinds()].find((each) => each.id === request.review)?.facts?.kind ?? 'private-key';
        const outcome = { serviceUser: first?.id ?? '', credential: 'c1', kind, unchanged: request.review === 'r2', learned: [], newServiceUser: true, replaced: 'nothing' as const };
        return { imported: { outcome, name: request.name, further: false, takesOver: false }, problem: null };
      });
    },
    importPlan: async (request) => {
      const known = [...data.reviews(), ...kinds.reviewsOfKinds(), kinds.secretReview('client-secret', 'typed'), kinds.secretReview('personal-token', null)];
      return planOf(known, request, kinds.besideOthers);
    },
    reviewSecret: async (kind, typed) => kinds.secretReview(kind, typed),
    discardReviews: async () => null,
    deleteOriginal: async () => null,
    original: async () => ({ name: 'deploy-bot.json', folder: '/home/kim/Downloads' }),
    deleteOriginalOf: async () => null,
    deleteChosenOriginal: async () => 'deploy-bot.json',
    mint,
    tryCredential: async (_, ask, takeOver) => ({ token: await mint(all()[0]?.id ?? '', ask), userinfo: null, isDefault: takeOver }),
    copyToken: async (id, form, ask) => {
      const token = await mint(id, ask);
      const user = row(id);
      const environment = environmentOf(user.environment);
      return { environment: environment.name, tier: environment.tier, serviceUser: user.name, form, token, clearsAfter: environment.tier === 'production' ? 10 : 30, overtaken: false };
    },
    revealToken: async () => `eyJhbGciOiJSUzI1NiIsImtpZCI6IjI4OTEwNCJ9.${'eyJpc3MiOiJodHRwczovL2F1dGguYWNtZS5jb20iLCJzdWIiOi'.repeat(6)}.9f3A`,
    copyText: async () => null,
    copyPublicKey: async () => null,
    inspect: async () => claims(),
    inspectText: async (text) => inspected(text) ?? fail(data.problem('token-not-found', 'no token was found in this text', 'Copy the whole token again, unchanged')),
    inspectClipboard: async () => claims(),
    userinfo: async () => userinfo(),
    introspectors: async (of) => kinds.introspectors(of),
    introspect: async () => kinds.introspection(false),
    introspectWithAudience: async (id) => {
      tokens.delete(id);
      return kinds.introspection(true);
    },
    revoke: async () => ({ ended: false }),
    copyAssertion: async () => kinds.signed(scene === 'kinds'),
    provision: async (request) => ({ serviceUser: request.serviceUser, credential: 'made', kind: request.kind, unchanged: false, learned: [], newServiceUser: false, replaced: 'nothing' as const }),
    unprovision: async () => null,
    compareKey: async () => 'same' as const,
    activity: async () => data.activity(),
    findActivity: async (filter) => data.found(filter),
    exportActivity: async (_, form) => `mintage-activity-2026-11-22.${form}`,
    inspectAt: async (_, named) => atIssuer(named),
    compare: async () => compared(),
    keychainState: async () => keychain,
    unlockKeychain: async () => {
      keychain = { state: 'ready', name: 'GNOME Keyring' };
      return null;
    },
    repair: async () => ({ finished: 1, interrupted: 0, removed: 0, missing: 1, foundAgain: 0, changed: true, orphans: ['a', 'b'] }),
    removeOrphans: async (ids) => ids.length,
    startDemo: async () => {
      await pause(300);
      environments = data.environments(true);
      return null;
    },
    forgetDemo: async () => {
      environments = [];
      return null;
    },
    onFilesReviewed: async (handler) => {
      dropped.push(handler);
      if (scene.startsWith('drop')) setTimeout(() => handler({ reviews: droppedIn(scene), problem: null }), 300);
      return () => undefined;
    },
    onDragOver: async (handler) => {
      if (scene === 'drag') setTimeout(() => handler({ over: true }), 300);
      return () => undefined;
    },
  };
}

/** The invented core's rotations: one in each state, and a server's list of keys. */
import { Failure, type Ipc } from '../lib/ipc';
import type { Problem, Rotation, RotationChanged, RotationPlan, RotationRequest, RotationView, ServiceUserRow, Step, StepRecord } from '../lib/bindings';
import { from, problem } from './data';

const MINUTE = 60_000;
const DAY = 86_400_000;
const OLD = '221440129785921540';
const NEW = '401727127394716710';
const ALL: Step[] = ['make', 'register', 'prove', 'switch', 'remove', 'forget'];
const STAGES: Rotation['stage'][] = ['planned', 'made', 'registered', 'proven', 'switched', 'removed', 'retired'];
const DETAILS: Partial<Record<Step, string>> = { make: 'RSA 2048', register: NEW, prove: 'after 2 tries', remove: OLD };

export type Kind = 'running' | 'pause' | 'upload' | 'mistyped' | 'bring' | 'grace' | 'byHand' | 'failed' | 'stopped' | 'done' | 'undone';

export const rotationProblem: Problem = problem('unreachable', '`zitadel.example.com` couldn’t be reached', 'Check your connection, then try again', { next: 'try-again' });

function record(step: Step, at: number, change: Partial<StepRecord> = {}): StepRecord {
  return { step, at: from(at), answeredAt: from(at + 184), detail: DETAILS[step] ?? '', errorCode: null, error: null, help: null, ...change };
}

/** A rotation of a service user of which so many steps were taken. */
export function rotationOf(user: Pick<ServiceUserRow, 'id' | 'name' | 'environment'>, taken: number, change: Partial<Rotation> = {}): Rotation {
  return {
    id: `rotation of ${user.id}`,
    environment: user.environment,
    environmentName: 'Staging',
    serviceUser: user.id,
    serviceUserName: user.name,
    by: user.id,
    byName: user.name,
    kind: 'private-key',
    recipe: 'ZITADEL’s API v2',
    traits: { maker: 'mintage', mark: 'expiryMicroseconds', activates: false, disables: false, lists: true, removes: true, overlap: true },
    old: 'c1',
    oldKeyId: OLD,
    new: taken > 0 ? 'c9' : null,
    newKeyId: taken > 1 ? NEW : null,
    title: 'Mintage 9f2c1be0',
    expiresAt: from(365 * DAY),
    validFrom: null,
    marks: [],
    left: [],
    disabling: false,
    knownBefore: [OLD],
    graceSeconds: 86_400,
    retireAt: taken > 3 ? from(DAY) : null,
    pause: false,
    person: false,
    stage: STAGES[taken] ?? 'retired',
    asked: null,
    swept: false,
    direction: 'forward',
    steps: ALL.slice(0, taken).map((step, i) => record(step, (i - 8) * 1000)),
    startedAt: from(-2 * MINUTE),
    endedAt: null,
    ...change,
  };
}

/** A rotation that is over, waits or was held up. */
export function rotationIn(kind: Kind, user: Pick<ServiceUserRow, 'id' | 'name' | 'environment'>): RotationView {
  const view = (taken: number, next: RotationView['next'], change: Partial<Rotation> = {}, undo: RotationView['undo'] = 'possible'): RotationView => ({
    rotation: rotationOf(user, taken, change),
    next,
    undo,
    ahead: ALL.slice(taken),
  });
  const console: Partial<Rotation> = { recipe: 'the console', person: true, traits: { ...rotationOf(user, 0).traits, maker: 'console', removes: false } };
  switch (kind) {
    case 'running': {
      const started = view(2, { kind: 'do', step: 'prove' }, { asked: 'prove' });
      return { ...started, rotation: { ...started.rotation, steps: [...started.rotation.steps, record('prove', -400, { answeredAt: null, detail: '' })] } };
    }
    case 'pause':
      return view(3, { kind: 'pause' }, { pause: true });
    case 'upload':
      return view(1, { kind: 'upload' }, console);
    case 'bring':
      return { ...view(0, { kind: 'bring' }, { recipe: 'GitHub’s app settings', traits: { ...console.traits!, maker: 'download' }, oldKeyId: '' }), ahead: ['make', 'prove', 'switch', 'forget'] };
    case 'mistyped': {
      const refused = problem('refused', '`zitadel.example.com` refused the request', 'Check the id of the key');
      const failed = view(2, { kind: 'do', step: 'prove' }, { ...console, person: false, newKeyId: '4711' });
      const last = record('prove', -400, { errorCode: refused.code, error: refused.message, help: refused.help, detail: '' });
      return { ...failed, rotation: { ...failed.rotation, steps: [...failed.rotation.steps, last] } };
    }
    case 'grace':
      return view(4, { kind: 'grace', until: from(DAY) });
    case 'byHand':
      return view(4, { kind: 'removeByHand' }, { ...console, retireAt: from(-MINUTE) });
    case 'failed': {
      const { code, message, help } = rotationProblem;
      const failed = view(2, { kind: 'do', step: 'prove' });
      const last = record('prove', -400, { errorCode: code, error: message, help, detail: '' });
      return { ...failed, rotation: { ...failed.rotation, steps: [...failed.rotation.steps, last] } };
    }
    case 'stopped': {
      const stopped = view(1, { kind: 'do', step: 'find' }, { asked: 'register' });
      const last = record('register', -400, { answeredAt: null, detail: '' });
      return { ...stopped, ahead: ['find', ...stopped.ahead], rotation: { ...stopped.rotation, steps: [...stopped.rotation.steps, last] } };
    }
    case 'done':
      return view(6, { kind: 'end' }, { endedAt: from(0) }, 'over');
    case 'undone': {
      const undone = view(3, { kind: 'end' }, { direction: 'back', endedAt: from(0) }, 'over');
      const back = [record('removeNew', -900, { detail: NEW }), record('forgetNew', -400)];
      return { ...undone, ahead: [], rotation: { ...undone.rotation, steps: [...undone.rotation.steps, ...back] } };
    }
  }
}

export function rotationPlan(change: Partial<RotationPlan> = {}): RotationPlan {
  return {
    provider: 'ZITADEL (self-hosted)',
    api: 'ZITADEL’s API v2',
    kind: 'private-key',
    maker: 'mintage',
    by: 'u1',
    byName: 'deploy-bot',
    itself: true,
    steps: ALL,
    oldKeyId: OLD,
    expiresAt: from(365 * DAY),
    found: 2,
    limit: null,
    overlap: true,
    delaySeconds: 10,
    console: '',
    needsConfirmation: false,
    production: false,
    ...change,
  };
}

/** How earlier rotations ended. */
const PAST: Kind[] = ['done', 'undone'];
const KINDS = ['running', 'pause', 'upload', 'mistyped', 'bring', 'grace', 'byHand', 'failed', 'stopped', 'done', 'undone'];
const isKind = (kind: string): kind is Kind => KINDS.includes(kind);

/** The commands of rotations. A scene `rotation-grace` has one that is in its grace; likewise for the others. */
export function fakeRotations(scene: string, users: () => ServiceUserRow[]): Partial<Ipc> {
  const hears: ((event: RotationChanged) => void)[] = [];
  const kind = scene.startsWith('rotation-') ? scene.slice('rotation-'.length) : '';
  const user = (id: string) => users().find((each) => each.id === id) ?? users()[0] ?? { id, name: 'deploy-bot', environment: '' };
  const first = () => user('');
  let current: RotationView | null = isKind(kind) ? rotationIn(kind, first()) : null;
  const tell = (view: RotationView) => {
    current = view;
    for (const hear of hears) hear({ view, problem: null });
    return view;
  };
  const planned = (request: RotationRequest): RotationView => ({ rotation: rotationOf(user(request.serviceUser), 0), next: { kind: 'do', step: 'make' }, undo: 'possible', ahead: ALL });
  return {
    planRotation: async (request) => {
      const { name } = user(request.serviceUser);
      if (kind === 'refused') throw new Failure(problem('rotation-not-allowed', `\`${name}\` isn't allowed to manage its own credentials`, 'Choose a service user with the role User Manager, or ask an administrator to grant it'));
      const change = kind === 'replaces' ? { provider: 'Keycloak', api: 'Keycloak’s Admin API', overlap: false, found: null, needsConfirmation: true } : {};
      return rotationPlan({ byName: name, itself: request.by === null, ...change });
    },
    startRotation: async (request) => tell(planned(request)),
    continueRotation: async () => tell(rotationIn('grace', current ? user(current.rotation.serviceUser) : first())),
    undoRotation: async () => tell(rotationIn('undone', current ? user(current.rotation.serviceUser) : first())),
    stopRotation: async () => null,
    bringKey: async () => current ?? rotationIn('stopped', first()),
    rotationConsole: async () => 'Open the app’s settings, then General, Private keys, and choose Generate a private key. GitHub makes the key, and the browser saves its file, this once.',
    releaseRotation: async () => current ?? rotationIn('grace', first()),
    rotations: async (of) => PAST.map((each) => rotationIn(each, user(of ?? ''))).map((view, i) => ({ ...view, rotation: { ...view.rotation, id: `past ${i}` } })),
    exportRotations: async () => 'mintage-rotations-2026-11-29.json',
    openRotations: async () => (current ? [{ ...current, rotation: { ...current.rotation, endedAt: null } }] : []),
    rotationPublicHalf: async () => ({
      form: 'certificatePem',
      text: `-----BEGIN CERTIFICATE-----\n${'MIIC1jCCAb6gAwIBAgIQ'.repeat(3)}\n${'n2fZJ4Vb8kq1Ld0mYp7R'.repeat(3)}\n-----END CERTIFICATE-----\n`,
      fileName: 'deploy-bot.crt',
      certificate: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
      console: 'Open the app’s settings, then “Certificates”. Upload the certificate and save.',
    }),
    savePublicHalf: async () => 'deploy-bot.crt',
    serverCredentials: async (serviceUser) => ({
      credentials: [
        { kind: 'private-key', id: users().find((each) => each.id === serviceUser)?.keyId ?? OLD, createdAt: from(-400 * DAY), expiresAt: from(6 * DAY), expired: false, title: null, credential: 'c1', isDefault: true },
        { kind: 'private-key', id: '170652811490567621', createdAt: from(-1706 * DAY), expiresAt: null, expired: false, title: null, credential: null, isDefault: false },
        { kind: 'private-key', id: '170653044121349937', createdAt: from(-900 * DAY), expiresAt: from(-30 * DAY), expired: true, title: null, credential: null, isDefault: false },
      ],
      unlisted: [],
      removable: true,
      tellsExpiry: true,
    }),
    removeServerCredential: async () => null,
    letAnotherAct: async () => current ?? rotationIn('stopped', first()),
    administrator: async () => null,
    setAdministrator: async () => null,
    createServiceUser: async () => first().id,
    openCreations: async () => [],
    continueCreation: async () => first().id,
    undoCreation: async () => null,
    forgetCreation: async () => null,
    trustServerTime: async () => null,
    keepRegistrationToken: async () => null,
    hasRegistrationToken: async () => false,
    forgetRegistrationToken: async () => null,
    setExpiry: async () => null,
    onExpiryChanged: async () => () => undefined,
    onRotationChanged: async (hear) => (hears.push(hear), () => undefined),
  };
}

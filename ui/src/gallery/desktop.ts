/** The invented core's settings, radar and tray. */
import { Failure, type Ipc } from '../lib/ipc';
import type { EnvironmentOverview, ForeignRow, KeychainState, RadarRow, ServiceUserRow, Settings } from '../lib/bindings';
import { from, problem } from './data';

const DAY = 86_400_000;

const defaults: Settings = {
  theme: 'system',
  textSize: 100,
  clipboardSeconds: 30,
  productionClipboardSeconds: 10,
  reuseSeconds: 60,
  assertionSeconds: null,
  askBeforeProduction: true,
  closeToTray: false,
  startAtLogin: false,
  paletteShortcut: null,
  keyAgeDays: 365,
  expiryNotifications: true,
  lockMinutes: 0,
};

interface Lists {
  environments: () => EnvironmentOverview[];
  users: () => ServiceUserRow[];
  keychain: () => KeychainState;
}

/** What a scene's core knows of the desktop around the window. */
export function fakeDesktop(scene: string, lists: Lists): Partial<Ipc> {
  let settings = defaults;
  const change = (wanted: Settings) => {
    if (wanted.clipboardSeconds < 5 || wanted.clipboardSeconds > 600) {
      const said = `the clipboard time can’t be ${wanted.clipboardSeconds} seconds`;
      throw new Failure(problem('setting-out-of-range', said, 'Choose from 5 to 600 seconds'));
    }
    if (wanted.paletteShortcut === 'Control+Alt+KeyT') {
      throw new Failure(problem('shortcut-taken', 'couldn’t register `Control+Alt+KeyT`: another program uses it, or this keyboard doesn’t have one of the keys', 'Choose another combination, or remove it from the other program'));
    }
    settings = wanted;
  };
  const rows = () => lists.users().flatMap((user, i) => radarRow(lists.environments(), user, i));
  return {
    settings: async () => settings,
    changeSettings: async (_, wanted) => {
      change({ ...defaults, ...wanted });
      return null;
    },
    desktopState: async () => ({ tray: scene === 'users' ? 'ready' : 'no-host', shortcutProblem: null }),
    about: async () => ({
      mintage: '0.1.0',
      schema: 3,
      webview: 'WebKitGTK 2.48.5',
      system: 'Debian GNU/Linux 12 (bookworm), x86_64',
      dataFolder: '/home/kim/.local/share/mintage',
    }),
    openDataFolder: async () => {
      if (scene !== 'users') throw new Failure(problem('file-manager-absent', 'couldn’t open `/home/kim/.local/share/mintage` in a file manager', 'Copy the path and open it yourself'));
      return null;
    },
    testKeychain: async () => {
      if (lists.keychain().state !== 'ready') {
        return [{ step: 'write', milliseconds: 1.2, problem: problem('keychain-locked', 'the keychain is locked', 'Unlock the keychain and try again') }];
      }
      return (['write', 'read', 'delete', 'gone'] as const).map((step, i) => ({ step, milliseconds: 9.4 / (i + 1), problem: null }));
    },
    snooze: async ({ credential, at }) => {
      if (at) snoozes.set(credential, at);
      else snoozes.delete(credential);
      return null;
    },
    refreshExpiry: async () => ({ listed: 3, changed: 1, leftOut: [], failed: [] }),
    exportCalendar: async () => 'mintage-expiry.ics',
    radar: async () => {
      const all = rows();
      return {
        expiring: all.filter((row) => row.expiresAt && !row.snoozedUntil).sort((a, b) => (a.expiresAt ?? '').localeCompare(b.expiresAt ?? '')),
        old: all.filter((row) => row.issuedAt),
        unused: all.filter((row) => !row.lastUsedAt && row.importedAt < from(-90 * DAY)),
        snoozed: all.filter((row) => row.snoozedUntil),
        foreign: all.slice(0, 1).map(foreignRow),
        keyAgeDays: settings.keyAgeDays,
        credentials: all.length,
        withoutExpiry: all.filter((row) => !row.expiresAt).length,
      };
    },
    refreshTray: async () => null,
    onWanted: async (handler) => {
      if (scene === 'wanted') setTimeout(() => handler({ what: 'radar' }), 300);
      return () => undefined;
    },
    onTrayCopied: async () => () => undefined,
  };
}

/** A key of the same service user that Mintage doesn't hold. */
function foreignRow({ serviceUser, serviceUserName, environment, environmentName, tier }: RadarRow): ForeignRow {
  const credential = { id: '170652811490567621', title: null, createdAt: from(-1706 * DAY), expiresAt: null };
  return { serviceUser, serviceUserName, environment, environmentName, tier, kind: 'private-key', credential, removable: true, listedAt: from(-3_600_000) };
}

/** Until when credentials are snoozed. */
const snoozes = new Map<string, string>();

function radarRow(environments: EnvironmentOverview[], user: ServiceUserRow, i: number): RadarRow[] {
  const environment = environments.find((each) => each.environment.id === user.environment)?.environment;
  if (!environment) return [];
  return [
    {
      credential: `credential of ${user.id}`,
      serviceUser: user.id,
      serviceUserName: user.name,
      environment: environment.id,
      environmentName: environment.name,
      tier: environment.tier,
      kind: user.credentialKind ?? 'private-key',
      keyId: user.keyId ?? '',
      issuedAt: i % 9 === 0 ? from(-(1706 - 60 * i) * DAY) : null,
      expiresAt: user.keyExpiresAt,
      expiryProvenance: user.keyExpiresAt && i % 2 === 0 ? { source: 'server', at: from(-3_600_000) } : null,
      snoozedUntil: snoozes.get(`credential of ${user.id}`) ?? null,
      importedAt: from(-(i % 7 === 1 ? 140 : 40) * DAY),
      lastUsedAt: user.lastUsedAt,
    },
  ];
}

/** The shell: rail, list, first run, status, production. */
import { count, number, span } from '../format';

export const shell = {
  panes: {
    rail: 'Environments and tools',
    list: 'Service users',
    detail: 'Service user',
    back: 'Back',
    backToEnvironments: 'Environments',
    backToList: 'Service users',
  },
  rail: {
    environments: 'Environments',
    add: 'Add environment',
    tools: 'Tools',
    all: 'All service users',
    inspector: 'Inspector',
    activity: 'Activity',
    radar: 'Expiry radar',
    settings: 'Settings',
    tierWord: (host: string, tier: string) => `${host} · ${tier}`,
    users: (n: number) => count(n, 'service user'),
    expiring: (n: number) => `${count(n, 'key')} expired or expiring within 14 days`,
    troubled: 'The last mint or check failed',
    demoWord: (tier: string) => `Demo · ${tier}`,
    removeDemo: 'Remove demo',
    demoNote: 'The demo’s servers run inside Mintage.',
  },
  palette: {
    title: 'Find or do',
    field: 'Find or do…',
    placeholder: 'Copy token deploy prod, an environment, a service user…',
    nothing: 'Nothing matches',
    paste: 'Import a key from the clipboard',
    inspectClipboard: 'Inspect token on the clipboard',
    compare: 'Compare two tokens',
    larger: 'Zoom in',
    smaller: 'Zoom out',
    actualSize: 'Actual size',
    /** By which other words the zoom is found. */
    sizeWords: 'draw everything larger smaller text size zoom',
    themes: { system: 'Theme as the system', light: 'Light theme', dark: 'Dark theme' },
    themeWords: 'appearance switch to the theme',
    favour: (name: string) => `Mark ${name} as favourite`,
    unfavour: (name: string) => `Remove ${name} from the favourites`,
    open: (name: string) => `Open ${name}`,
    openWord: 'open',
    copyWords: 'copy token',
  },
  keychain: {
    ready: (name: string) => `${name}, unlocked`,
    locked: (name: string) => `${name}, locked`,
    absent: 'No keychain service',
    silent: 'Keychain does not answer',
    unknown: 'Asking the keychain…',
    unlock: 'Unlock',
    askAgain: 'Ask again',
    absentHelp:
      'Start a keychain service, for example gnome-keyring or KWallet. Mintage stores keys nowhere else.',
    silentHelp: 'Look for an open password prompt, or restart the keychain service.',
  },
  list: {
    all: 'All service users',
    import: 'Import…',
    importKeys: 'Import key files',
    search: (n: number) => `Search ${count(n, 'service user')}`,
    searchName: 'Search by name, user id, key id or tag',
    searchAllName: 'Search by name, user id, key id, tag, environment or tier',
    sortBy: (by: string) => `Sorted by ${by}`,
    loading: 'Loading the service users…',
    sorts: { name: 'Name', lastUsed: 'Last used', keyExpiry: 'Key expiry' },
    sortHints: { name: 'A to Z', lastUsed: 'newest first', keyExpiry: 'soonest first' },
    tag: (tag: string) => `Tag ${tag}`,
    /** An environment that is called after its tier says it once. */
    home: (environment: string, tier: string) => (environment.toLowerCase().includes(tier.toLowerCase()) ? environment : `${environment} · ${tier}`),
    favourite: 'Favourite',
    copyToken: 'Copy token',
    copyTokenOf: (name: string) => `Copy token of ${name}`,
    left: (time: string) => `${time} left`,
    valid: 'token in memory',
    expired: 'token expired',
    keyExpired: 'key expired',
    keyExpires: (left: number) => `key: ${keyLeft(left)} left`,
    keyExpiresShort: (left: number) => `key: ${keyLeft(left)}`,
    keyMissing: 'key missing',
    keys: (n: number) => count(n, 'key'),
    noKey: 'no key',
    introspects: 'Introspects tokens',
    userId: 'User id',
    empty: 'No service users yet',
    emptyHelp: 'Drop a key file anywhere on this window, or import one.',
    nothingFound: (query: string) => `Nothing matches “${query}”`,
    nothingFoundHelp: 'The search looks at names, user ids, key ids and tags.',
    nothingFoundAllHelp: 'The search looks at names, user ids, key ids, tags, environments and tiers.',
    clearSearch: 'Clear search',
    /** Beside the search, where the eye sees what is found. */
    matches: (n: number) => `${number(n)} found`,
    found: (n: number) => `${count(n, 'service user')} found`,
    pickOne: 'Choose a service user',
    pickOneHelp: 'Enter copies its token. Arrow keys move, F marks a favourite, / goes to the search.',
    edit: 'Edit environment',
    forget: 'Remove environment…',
    environmentMenu: (name: string) => `Actions for ${name}`,
  },
  drop: {
    title: 'Drop key files to review them',
    help: 'Nothing is stored before you say so.',
  },
  firstRun: {
    title: 'From key file to token in three gestures',
    lead: 'Mintage keeps your service users’ keys in the system’s keychain, mints access tokens on demand and explains a refused one.',
    drop: 'Drop a key file',
    dropHelp: 'Anywhere on this window. Or choose it, or paste what you copied.',
    choose: 'Choose files…',
    paste: 'Paste from the clipboard',
    environment: 'Add an environment',
    environmentHelp: 'The issuer that your tokens come from: ZITADEL, Paonia or any OpenID provider.',
    add: 'Add environment…',
    demo: 'Try the demo',
    demoHelp: 'Issuers that run inside Mintage, with service users to play with. Works offline, removed with one click.',
    startDemo: 'Try the demo',
    safe: 'Private keys stay in the keychain and never enter this window.',
  },
  production: {
    title: (environment: string) => `Mint for ${environment}?`,
    body: (environment: string) =>
      `${environment} is production: what is done with its tokens is real. Mintage asks once, until it is closed.`,
    confirm: 'Mint for production',
    frame: (environment: string, host: string) =>
      /^production$/i.test(environment) ? `Production · ${host}` : `Production · ${environment} · ${host}`,
  },
  status: {
    copied: (what: string, serviceUser: string, environment: string) => `${what} of ${serviceUser} (${environment}) copied`,
    left: (left: number) => `${span(left)} left`,
    cleared: (seconds: number) => `clipboard cleared in ${seconds} s`,
    textCopied: (what: string) => `${what} copied`,
    /** What stands behind the first sentence, each part set off. */
    also: (parts: string[]) => parts.map((part) => ` · ${part}`).join(''),
    dismiss: 'Dismiss',
    hints: { copy: 'copies the token', favour: 'marks a favourite', choose: 'choose', find: 'finds anything' },
    demoRemoved: 'The demo is removed',
    demoStarted: 'The demo runs',
    stillHolds: (serviceUser: string, environment: string) =>
      `Nothing was copied: the clipboard still holds the token of ${serviceUser} (${environment})`,
    unlocked: 'The keychain is unlocked',
    saved: 'Saved',
  },
};

/** How long a key lasts yet, in one unit. */
function keyLeft(left: number): string {
  if (left >= 86_400_000) return days(left);
  return span(left < 3_600_000 ? left : left - (left % 3_600_000));
}

function days(left: number): string {
  return count(Math.floor(left / 86_400_000), 'day');
}

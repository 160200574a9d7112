/** The expiry radar. */
import { count, number } from '../format';

const days = (n: number) => count(n, 'day');

export const radar = {
  title: 'Expiry radar',
  expiring: 'Expiry',
  expiringNote: 'Soonest first',
  old: (limit: number) => `Older than ${days(limit)}`,
  oldNote: 'If the key id reveals its age',
  unused: (limit: number) => `Not used for ${days(limit)}`,
  unusedNote: 'Possibly no longer needed',
  columns: { serviceUser: 'Service user', key: 'Key', when: 'When', go: 'Go to' },
  expired: (when: string) => `expired ${when}`,
  expires: (when: string) => `expires ${when}`,
  age: (length: string) => `${length} old`,
  unusedFor: (length: string) => `not used for ${length}`,
  neverUsed: (when: string) => `never used, imported ${when}`,
  open: 'Open',
  openOf: (name: string) => `Open ${name}`,
  noneExpiring: 'No keys have a known expiry date.',
  noneOld: (limit: number) => `No keys are known to be older than ${days(limit)}.`,
  noneUnused: (limit: number) => `Every key has been used or imported in the last ${days(limit)}.`,
  unknown: (n: number, all: number) =>
    n === all
      ? all === 1
        ? 'The key here came without an expiry date. The issuer’s console shows whether it expires.'
        : `All ${number(all)} keys here came without an expiry date. The issuer’s console shows whether they expire.`
      : `${number(n)} of ${count(all, 'key')} came without an expiry date. They may still expire: check the issuer’s console.`,
  actions: (name: string) => `More for ${name}`,
  menu: 'More',
  refresh: 'Ask servers',
  refreshProduction: 'Ask production too',
  refreshing: 'Asking servers…',
  refreshed: (asked: number, changed: number) =>
    asked === 0 ? 'No server could be asked.' : `Asked as ${count(asked, 'service user')}; ${changed === 0 ? 'no expiry changed' : changed === 1 ? 'one expiry changed' : `${number(changed)} expiries changed`}.`,
  leftOut: (names: string) => `Left out, because production asks first: ${names}.`,
  failed: 'Couldn’t ask as',
  failedOne: (name: string, environment: string, why: string) => `${name} in ${environment}: ${why}`,
  statedBy: { server: (when: string) => `server said so ${when}`, person: (when: string) => `entered ${when}` },
  exportCalendar: 'Export calendar…',
  snoozed: 'Snoozed',
  snoozedNote: 'No notifications until then',
  snoozedUntil: (when: string) => `snoozed until ${when}`,
  snoozeFor: (n: number) => `Snooze for ${days(n)}`,
  snoozing: (name: string, when: string) => `Snoozed the key of ${name} until ${when}`,
  wake: 'End snooze',
  wakeOf: (name: string) => `End snooze of ${name}`,
  awake: (name: string) => `The key of ${name} is no longer snoozed`,
  foreign: {
    title: 'Not in Mintage',
    note: 'What the servers listed when they were last asked: old downloads, colleagues’ keys',
    id: 'Id',
    age: 'Age',
    remove: 'Remove',
    unknownAge: 'age unknown',
    listed: (when: string) => `listed ${when}`,
  },
  more: (n: number) => `Show ${number(n)} more`,
  empty: 'No keys yet',
  emptyHelp: 'Keys from all environments that expire, are old or go unused appear here.',
};

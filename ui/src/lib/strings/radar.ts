/** The expiry radar. */
import { count, number } from '../format';

const days = (n: number) => count(n, 'day');

export const radar = {
  title: 'Expiry radar',
  expiring: 'Expiry',
  expiringNote: 'Soonest first',
  old: (limit: number) => `Older than ${days(limit)}`,
  oldNote: 'Where the key’s id tells its age',
  unused: 'Not used for 90 days',
  unusedNote: 'Perhaps no longer needed',
  columns: { serviceUser: 'Service user', key: 'Key', when: 'When', go: 'Go to' },
  expired: (when: string) => `expired ${when}`,
  expires: (when: string) => `expires ${when}`,
  age: (length: string) => `${length} old`,
  unusedFor: (length: string) => `not used for ${length}`,
  neverUsed: (when: string) => `never used, imported ${when}`,
  open: 'Open',
  openOf: (name: string) => `Open ${name}`,
  noneExpiring: 'No key has an expiry date that Mintage knows.',
  noneOld: (limit: number) => `No key is known to be older than ${days(limit)}.`,
  noneUnused: 'Every key was used or imported in the last 90 days.',
  unknown: (n: number, all: number) =>
    n === all
      ? `Whether ${all === 1 ? 'the one key' : `the ${number(all)} keys`} here ever expire${all === 1 ? 's' : ''}, their files did not tell. The issuer’s console knows.`
      : `${count(n, 'key')} of ${number(all)} came without an expiry date. That need not mean that they never expire: the issuer’s console knows.`,
  more: (n: number) => `Show ${number(n)} more`,
  empty: 'No keys yet',
  emptyHelp: 'Keys that expire, are old or are not used appear here, from all environments.',
};

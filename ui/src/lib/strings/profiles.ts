/** Provider profiles: the list and the text editor. */
import { count } from '../format';

export const profiles = {
  title: 'Provider profiles',
  lead: 'A profile describes how a kind of server issues tokens: what is signed, what is sent where and what the responses mean. It contains no secrets.',
  settingsHelp: 'How each kind of server issues tokens. View the built-in profiles, copy and edit one, or import your own.',
  show: 'Show profiles…',
  back: 'Back to Settings',
  groups: {
    own: 'Your own',
    others: 'Other systems',
  },
  search: 'Search profiles',
  nothing: (query: string) => `No profile matches “${query}”`,
  followed: (n: number) => `used by ${count(n, 'environment')}`,
  view: (name: string) => `View ${name}`,
  viewWord: 'View',
  edit: 'Edit',
  editOf: (name: string) => `Edit ${name}`,
  copy: 'Copy and edit…',
  actions: (name: string) => `Actions for ${name}`,
  exportToml: 'Export as TOML…',
  exportJson: 'Export as JSON…',
  exported: (name: string) => `Exported ${name}`,
  import: 'Import a profile…',
  unusable: 'Can’t be used',
  remove: 'Remove…',
  removeOf: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove ${name}?`,
  removeBody: 'This removes the profile from Mintage. Export it first if you might need it again. This can’t be undone.',
  removeConfirm: 'Remove profile',
  removed: (name: string) => `Removed ${name}`,
  saved: (name: string) => `Saved ${name}`,

  /** Beside a profile's text. */
  review: {
    title: 'Review',
    hosts: 'Sends credentials to',
    issuerHost: 'the environment’s own issuer',
    exists: (id: string) => `A profile with the id ${id} exists already. Saving this one replaces it.`,
    differences: (n: number, nearest: string) => (n === 0 ? `The same as ${nearest}` : `${count(n, 'difference')} from ${nearest}`),
    differencesTitle: 'Differences from the most similar built-in profile',
    member: 'Member',
    before: 'Built in',
    after: 'Here',
    form: 'Form',
    none: 'not set',
    members: (n: number) => count(n, 'member'),
    entries: (n: number) => count(n, 'entry', 'entries'),
    entry: (n: number) => `Entry ${n}`,
    unreadable: 'The form appears once the text can be read.',
  },

  text: {
    titles: {
      'built-in': (name: string) => name,
      own: (name: string) => `Edit ${name}`,
      copy: (name: string) => `Copy of ${name}`,
      file: () => 'Profile from a file',
      draft: () => 'Describe this key file',
    },
    leads: {
      'built-in': 'Built-in profiles can’t be changed, but you can edit a copy.',
      own: 'Environments that use it follow the new rules as soon as you save it.',
      copy: 'Give it a new id and name. Nothing is stored until you save it.',
      file: 'A profile decides what is sent where, so review it before you save it. Nothing is stored yet.',
      draft:
        'Drafted from the names in the file. Give it an id and a name, correct the paths under “keyFiles”, and set the endpoints if the servers have no discovery document. Nothing is stored yet.',
    },
    label: 'Profile as TOML or JSON',
    line: (n: number, of: number) => `Line ${n} of ${of}`,
    goTo: (line: number) => `Go to line ${line}`,
    wrongLine: (line: number) => `Error on line ${line}`,
    copyText: 'Copy text',
    textName: 'profile text',
    save: 'Save profile',
    keep: 'Keep editing',
    changeTitle: 'Save the changes?',
    changeBody: (followers: number) =>
      followers === 1
        ? '1 environment uses it. It follows the new rules from now on, and its tokens in memory are cleared.'
        : `${count(followers, 'environment')} use it. They follow the new rules from now on, and their tokens in memory are cleared.`,
    replaceTitle: 'Replace the profile?',
    replaceBody:
      'A profile with this id already exists. Environments that use it follow the new rules from now on, and their tokens in memory are cleared.',
    replace: 'Replace profile',
  },
};

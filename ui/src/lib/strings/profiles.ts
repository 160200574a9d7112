/** Provider profiles: the list, and a profile as text. */
import { count } from '../format';

export const profiles = {
  title: 'Provider profiles',
  lead: 'A profile says how a kind of server gives out tokens: what is signed, what is sent where, what answers mean. It holds no secret.',
  settingsHelp: 'How each kind of server gives out tokens. Look at the built-in profiles, copy one and change the copy, or import one.',
  show: 'Show profiles…',
  back: 'Back to Settings',
  groups: {
    own: 'Your own',
    others: 'Other systems',
  },
  search: 'Search profiles',
  nothing: (query: string) => `No profile matches “${query}”`,
  followed: (n: number) => `followed by ${count(n, 'environment')}`,
  view: (name: string) => `View ${name}`,
  viewWord: 'View',
  edit: 'Edit',
  editOf: (name: string) => `Edit ${name}`,
  copy: 'Copy and edit…',
  actions: (name: string) => `Actions for ${name}`,
  exportToml: 'Export as TOML…',
  exportJson: 'Export as JSON…',
  exported: (name: string) => `${name} is exported`,
  import: 'Import a profile…',
  unusable: 'Cannot be used',
  remove: 'Remove…',
  removeOf: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove ${name}?`,
  removeBody: 'The profile is removed from Mintage. Export it first if it may be needed again. This cannot be undone.',
  removeConfirm: 'Remove profile',
  removed: (name: string) => `${name} is removed`,
  saved: (name: string) => `${name} is saved`,

  text: {
    titles: {
      'built-in': (name: string) => name,
      own: (name: string) => `Edit ${name}`,
      copy: (name: string) => `A copy of ${name}`,
      file: () => 'Profile from a file',
      draft: () => 'Describe this key file',
    },
    leads: {
      'built-in': 'A built-in profile cannot be changed. A copy of it can.',
      own: 'Environments that follow it use the new rules as soon as it is saved.',
      copy: 'Give it an id and a name of its own. Nothing is stored before you save it.',
      file: 'A profile decides what is sent where: look through it before you save it. Nothing is stored yet.',
      draft:
        'Drafted from the names in the file. Give it an id and a name, correct the places under “keyFiles”, and set the endpoints where the servers have no discovery. Nothing is stored yet.',
    },
    label: 'Profile as TOML or JSON',
    line: (n: number, of: number) => `Line ${n} of ${of}`,
    goTo: (line: number) => `Go to line ${line}`,
    wrongLine: (line: number) => `The error is in line ${line}`,
    copyText: 'Copy text',
    save: 'Save profile',
    keep: 'Keep editing',
    changeTitle: 'Save the changes?',
    changeBody: (followers: number) =>
      followers === 1
        ? '1 environment follows it. It uses the new rules from now on, and its tokens in memory are forgotten.'
        : `${count(followers, 'environment')} follow it. They use the new rules from now on, and their tokens in memory are forgotten.`,
    replaceTitle: 'Replace the profile?',
    replaceBody:
      'There is a profile with this id already. Environments that follow it use the new rules from now on, and their tokens in memory are forgotten.',
    replace: 'Replace profile',
  },
};

/** Words shared by several screens. */
import type { CopyForm, CredentialKind, Action, Tier } from '../bindings';

const tiers: Record<Tier, string> = {
  development: 'Development',
  staging: 'Staging',
  production: 'Production',
};

const copyForms: Record<CopyForm, string> = {
  token: 'Token',
  header: 'Authorization header',
  curl: 'curl command',
  export: 'shell export',
  json: 'JSON',
};

const credentialKinds: Record<CredentialKind, string> = {
  'private-key': 'Private key',
  'client-secret': 'Client secret',
  'personal-token': 'Personal access token',
  'application-key': 'Application key',
};

const actions: Record<Action, string> = {
  import: 'Imported',
  mint: 'Minted',
  copy: 'Copied',
  reveal: 'Revealed',
  userinfo: 'Fetched userinfo',
  inspect: 'Inspected',
  introspect: 'Introspected',
  revoke: 'Revoked',
  sign: 'Signed an assertion',
  provision: 'Changed on the server',
  rotate: 'Rotated',
  move: 'Moved',
  program: 'Given to a program',
  forget: 'Removed',
};

/** The same actions when they failed. */
const undone: Record<Action, string> = {
  import: 'Import failed',
  mint: 'Minting failed',
  copy: 'Copying failed',
  reveal: 'Revealing failed',
  userinfo: 'Userinfo failed',
  inspect: 'Inspection failed',
  introspect: 'Introspection failed',
  revoke: 'Revocation failed',
  sign: 'Signing failed',
  provision: 'Server change failed',
  rotate: 'Rotation failed',
  move: 'Move failed',
  program: 'Not given to a program',
  forget: 'Removal failed',
};

export const words = {
  product: 'Mintage',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  remove: 'Remove',
  copy: 'Copy',
  copied: 'Copied',
  loading: 'Loading…',
  more: 'More',
  showInFolder: 'Show in folder',
  tryAgain: 'Try again',
  unknown: 'unknown',
  never: 'never',
  tiers,
  copyForms,
  credentialKinds,
  actions,
  undone,
};

export const discard = {
  title: 'Discard your changes?',
  body: 'They haven’t been saved.',
  confirm: 'Discard',
  keep: 'Keep editing',
};

export const problem = {
  appFailed: 'Mintage couldn’t do this',
  appFailedHelp: 'Try again. If it keeps happening, copy the report and file an issue',
  serverResponse: (status: number) => `Server response (${status})`,
  likelyCauses: 'Likely causes',
  likelyCause: 'Likely cause',
  nextStep: 'Next step',
  copyReport: 'Copy report',
  report: 'report',
  details: 'Details',
  steps: {
    'use-server-time': 'Use the server’s time',
    'import-key': 'Import another credential…',
    'edit-environment': 'Edit environment…',
    'edit-scopes': 'Edit scopes',
    'try-again': 'Try again',
    mint: 'Mint a new token',
    'mint-with-audience': 'Mint with the project’s audience…',
    'unlock-keychain': 'Unlock keychain',
    'describe-file': 'Describe this file…',
    none: '',
  },
  sendAnyway: 'Send anyway',
};

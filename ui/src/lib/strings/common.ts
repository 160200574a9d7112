/** Words that several screens share. */
import type { CopyForm, CredentialKind, Deed, Tier } from '../bindings';

const tiers: Record<Tier, string> = {
  development: 'Development',
  staging: 'Staging',
  production: 'Production',
};

const copyForms: Record<CopyForm, string> = {
  token: 'Token',
  header: 'Authorization header',
  curl: 'curl command',
  export: 'Shell export',
  json: 'JSON',
};

const credentialKinds: Record<CredentialKind, string> = {
  'private-key': 'Private key',
  'client-secret': 'Client secret',
  'personal-token': 'Ready-made token',
  'application-key': 'Application key',
};

const deeds: Record<Deed, string> = {
  import: 'Imported',
  mint: 'Minted',
  copy: 'Copied',
  reveal: 'Revealed',
  userinfo: 'Asked userinfo',
  inspect: 'Inspected',
  introspect: 'Introspected',
  revoke: 'Revoked',
  sign: 'Signed an assertion',
  provision: 'Changed at the server',
  forget: 'Removed',
};

/** The same where it came to nothing. */
const undone: Record<Deed, string> = {
  import: 'Not imported',
  mint: 'Not minted',
  copy: 'Not copied',
  reveal: 'Not revealed',
  userinfo: 'No userinfo',
  inspect: 'Not inspected',
  introspect: 'Not introspected',
  revoke: 'Not revoked',
  sign: 'No assertion signed',
  provision: 'Not changed at the server',
  forget: 'Not removed',
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
  tryAgain: 'Try again',
  unknown: 'unknown',
  never: 'never',
  tiers,
  copyForms,
  credentialKinds,
  deeds,
  undone,
};

export const discard = {
  title: 'Discard what you entered?',
  body: 'It is not saved.',
  confirm: 'Discard',
  keep: 'Keep editing',
};

export const problem = {
  appFailed: 'Mintage could not do this',
  appFailedHelp: 'Try again; if it stays, copy the report and tell the makers',
  serverSaid: (status: number) => `The server said (${status})`,
  likelyCauses: 'Likely causes',
  likelyCause: 'Likely cause',
  nextStep: 'Next step',
  copyReport: 'Copy report',
  report: 'Report',
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

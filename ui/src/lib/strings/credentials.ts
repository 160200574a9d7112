/** What credentials are good for beyond minting: introspection, signing, the server's own records. */

export const introspection = {
  lead: 'What the issuer says a token is worth, as one of its applications sees it (RFC 7662).',
  application: 'Asking as',
  applicationHelp: 'The application that receives the token: an API introspects with its own credential.',
  option: (name: string, kind: string, clientId: string) => `${name} · ${kind} · ${clientId}`,
  ask: 'Introspect',
  askAgain: 'Introspect again',
  none: 'No application credential yet',
  noneHelp:
    'Introspection is asked for by an application, such as the API that receives the token. Create a key for it at the provider (for ZITADEL: the project’s application of type API, with private key JWT), download the file and import it here.',
  noneImport: 'Import a credential…',
  noToken: 'Mint one, then an application can ask what it is worth.',
  title: 'What the issuer says',
  verdict: 'Whether the token is active',
  active: 'Active',
  inactive: 'Not active',
  inactiveSays: (name: string) => `For ${name}, this token opens nothing. The server gives no reason, on purpose; these are the likely ones.`,
  project: 'Project id',
  projectHelp: 'The project that the application belongs to. Its audience scope is added to the service user’s scopes.',
  projectMissing: 'Enter the project’s id.',
  mintWithAudience: 'Mint again with this project’s audience scope and introspect',
  mintAgain: 'Mint new and introspect',
  revoke: 'Revoke…',
  revokeTitle: 'Revoke this token?',
  revokeBody: (application: string) =>
    `The issuer is asked, as ${application}, to end the token before its time (RFC 7009). A server may answer yes to everything, so Mintage introspects afterwards.`,
  revokeConfirm: 'Revoke token',
  keep: 'Keep it',
  ended: 'The token has ended: introspection says that it is no longer active.',
  notEnded: 'The server took the request, but the token is still active. It lasts until it expires.',
  endUnknown: 'The server took the request. Whether the token has ended could not be asked.',
};

export const signing = {
  sign: 'Sign and copy an assertion',
  copied: (serviceUser: string, environment: string) => `Assertion of ${serviceUser} (${environment}) copied`,
  signHelp: 'Signs an assertion and copies it instead of sending it: as the provider’s APIs take it, or as minting would.',
  title: 'Signed assertion, copied',
  expires: (away: string, at: string) => `It expires ${away}, at ${at}.`,
  cleared: (seconds: number) => `The clipboard is cleared after ${seconds} s.`,
  direct: (provider: string) => `The APIs of ${provider} take it directly, as a bearer token.`,
  indirect: (provider: string) => `The APIs of ${provider} do not take it: it is there to be exchanged for a token.`,
  header: 'Header of the assertion',
  payload: 'Payload of the assertion',
  signature: 'The signature was never shown to this window.',
  close: 'Close',
};

export const server = {
  title: 'At the server',
  note: (provider: string) => `Through the API of ${provider}`,
  by: 'Acting as',
  byHelp: 'The service user whose credential has the right to it: often an administrator’s. A token is minted for it.',
  byNone: 'Choose a service user',
  nobody: 'Import an administrator’s credential into this environment first.',
  createKey: 'Create a key at the server…',
  createSecret: 'Create a secret at the server…',
  create: {
    'private-key': { title: (name: string) => `Create a key for ${name}`, confirm: 'Create key', done: 'A key was made at the server and stored' },
    'client-secret': { title: (name: string) => `Create a secret for ${name}`, confirm: 'Create secret', done: 'A secret was made at the server and stored' },
  },
  createLead: (by: string) => `The server makes it, asked as ${by}. It goes from the answer straight into the keychain.`,
  titleLabel: 'Title',
  titleHelp: 'As the server lists it. Empty: Mintage.',
  remove: 'Remove here and at the server…',
  removeTitle: (id: string) => `Remove ${id} here and at the server?`,
  removeBody: (by: string) =>
    `It is removed at the server, asked as ${by}, and then from the keychain. Whatever else uses it stops working. Tokens that were issued last until they expire. This cannot be undone.`,
  removeConfirm: 'Remove in both places',
  removed: (id: string) => `${id} is removed here and at the server`,
  compare: 'Compare with the server’s key',
  compared: {
    same: 'The server has this very key',
    different: 'The server has another key under this id',
    unknown: 'The server has no key under this id',
  },
};

export const applicationKey = {
  title: 'Introspects tokens',
  says: 'This is an application’s key: with it, an application proves itself when it asks what a token is worth. It cannot mint.',
  use: 'Open a service user of this environment and its Introspection tab to use it.',
  import: 'Import another credential…',
};

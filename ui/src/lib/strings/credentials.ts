/** What credentials do besides minting: introspection, signing and changes on the server. */

export const introspection = {
  lead: 'Whether the issuer considers a token active, as seen by one of its applications (RFC 7662).',
  application: 'Introspect as',
  applicationHelp: 'The application that receives the token. An API introspects tokens with its own credential.',
  option: (name: string, kind: string, clientId: string) => `${name} · ${kind} · ${clientId}`,
  ask: 'Introspect',
  askAgain: 'Introspect again',
  none: 'No application credential yet',
  noneHelp:
    'Introspection needs the credential of an application, such as the API that receives the token. Create a key for it with your provider (in ZITADEL: an application of type API with private key JWT), download the file and import it here.',
  noneImport: 'Import a credential…',
  noToken: 'Mint one, then an application can introspect it.',
  title: 'What the issuer says',
  verdict: 'Token status',
  active: 'Active',
  inactive: 'Inactive',
  inactiveSays: (name: string) => `The server considers this token inactive for ${name}. By design it gives no reason; these are the likely ones.`,
  project: 'Project id',
  projectHelp: 'The project the application belongs to. Its audience scope is added to the service user’s scopes.',
  projectMissing: 'Enter the project id.',
  mintWithAudience: 'Mint again with this project’s audience scope and introspect',
  mintAgain: 'Mint a new token and introspect',
  revoke: 'Revoke…',
  revokeTitle: 'Revoke this token?',
  revokeBody: (application: string) =>
    `Mintage asks the issuer, as ${application}, to revoke the token before it expires (RFC 7009). Some servers accept any request, so Mintage introspects the token afterwards.`,
  revokeConfirm: 'Revoke token',
  keep: 'Keep token',
  ended: 'The token is revoked: introspection reports it as inactive.',
  notEnded: 'The server accepted the request, but the token is still active. It stays valid until it expires.',
  endUnknown: 'The server accepted the request, but Mintage couldn’t check whether the token is still active.',
};

export const signing = {
  sign: 'Sign and copy an assertion',
  copied: (serviceUser: string, environment: string) => `Copied assertion for ${serviceUser} (${environment})`,
  signHelp: 'Signs an assertion and copies it instead of sending it, in the form the provider’s APIs accept or minting would send.',
  title: 'Copied signed assertion',
  expires: (away: string, at: string) => `Expires ${away}, at ${at}.`,
  cleared: (seconds: number) => `The clipboard will be cleared after ${seconds} s.`,
  direct: (provider: string) => `The APIs of ${provider} accept it directly as a bearer token.`,
  indirect: (provider: string) => `The APIs of ${provider} don’t accept it: exchange it for a token first.`,
  header: 'Assertion header',
  payload: 'Assertion payload',
  signature: 'The signature never reaches this window.',
  close: 'Close',
};

export const server = {
  title: 'On the server',
  note: (provider: string) => `Through the ${provider} API`,
  by: 'Acting as',
  byHelp: 'A service user with permission to do this, often an administrator. Mintage mints a token for it.',
  byNone: 'Choose a service user',
  nobody: 'Import an administrator’s credential into this environment first.',
  createKey: 'Create a key on the server…',
  createSecret: 'Create a secret on the server…',
  create: {
    'private-key': { title: (name: string) => `Create a key for ${name}`, confirm: 'Create key', done: 'Created a key on the server and stored it' },
    'client-secret': { title: (name: string) => `Create a secret for ${name}`, confirm: 'Create secret', done: 'Created a secret on the server and stored it' },
  },
  createLead: (by: string) => `Mintage asks the server to create it, acting as ${by}. It goes straight from the response into the keychain.`,
  titleLabel: 'Title',
  titleHelp: 'Shown in the server’s list. If empty: Mintage.',
  remove: 'Remove here and on the server…',
  removeTitle: (id: string) => `Remove ${id} here and on the server?`,
  removeBody: (by: string) =>
    `Mintage removes it on the server, acting as ${by}, and then from the keychain. Anything else that uses it stops working. Tokens already issued stay valid until they expire. This can’t be undone.`,
  removeConfirm: 'Remove in both places',
  removed: (id: string) => `Removed ${id} here and on the server`,
  compare: 'Compare with the key on the server',
  compared: {
    same: 'The server has the same key',
    different: 'The server has a different key under this id',
    unknown: 'The server has no key with this id',
  },
};

export const applicationKey = {
  title: 'Introspects tokens',
  says: 'This is an application key: an application authenticates itself with it when it introspects a token. It can’t mint tokens.',
  use: 'To use it, open a service user in this environment and go to its Introspection tab.',
  import: 'Import another credential…',
};

/** What a problem's button does: remove the cause, then retry. */
import type { AppState } from '../lib/app.svelte';
import { ipc } from '../lib/ipc';
import type { CredentialId, Environment, NextStep, ServiceUserId } from '../lib/bindings';

/** Performs a next step and calls `again` once the cause may be gone. Steps that need a token are `remedyMint`'s. */
export async function remedy(
  app: AppState,
  step: NextStep,
  environment: Environment | null,
  again: () => unknown,
): Promise<void> {
  switch (step) {
    case 'try-again':
      await again();
      return;
    case 'unlock-keychain':
      if (await app.keychain.unlock()) await again();
      return;
    case 'edit-environment':
      if (environment && (await app.environments.correct(environment))) await again();
      return;
    case 'import-key':
      app.reviews.show(environment?.id ?? null);
      return;
    case 'use-server-time':
      if (!environment) return;
      await ipc.trustServerTime(environment.id);
      await again();
      return;
    case 'mint':
    case 'edit-scopes':
    case 'mint-with-audience':
    case 'describe-file':
    case 'none':
      return;
  }
}

/** Performs a next step for a service user's failed mint. */
export async function remedyMint(app: AppState, step: NextStep, id: ServiceUserId): Promise<void> {
  switch (step) {
    case 'use-server-time':
      return app.tokens.again(id, { useServerTime: true });
    case 'mint':
      return app.tokens.again(id, { fresh: true });
    case 'import-key':
      return importAnother(app);
    case 'edit-scopes':
      app.detail.tab = 'token';
      app.detail.scopesWanted = true;
      return;
    case 'mint-with-audience':
      app.detail.tab = 'introspection';
      return;
    case 'edit-environment': {
      const environment = app.detail.data?.environment;
      if (environment && (await app.environments.correct(environment))) {
        app.tokens.clear(id);
        await app.refresh();
      }
      return;
    }
    case 'try-again':
    case 'unlock-keychain':
    case 'describe-file':
    case 'none':
      return remedy(app, step, null, () => app.tokens.again(id, {}));
  }
}

/** Imports a credential of the service user shown again, in the way of its kind: from a file, or typed. */
export function importAnother(app: AppState, id: CredentialId | null = app.detail.data?.serviceUser.defaultCredential ?? null): void {
  const data = app.detail.data;
  if (!data) return app.reviews.show();
  const { serviceUser, environment, credentials } = data;
  const failed = credentials.find((each) => each.id === id);
  if (failed?.kind !== 'client-secret' && failed?.kind !== 'personal-token') return app.reviews.show(environment.id);
  app.reviews.enter(environment.id, { kind: failed.kind, userId: serviceUser.userId, clientId: failed.clientId ?? '', keyId: '' });
}

/** What a problem's button does when nothing was minted: remove the cause, then retry. */
import type { AppState } from '../lib/app.svelte';
import { ipc } from '../lib/ipc';
import type { Environment, NextStep } from '../lib/bindings';

/** Performs a next step and calls `again` once the cause may be gone. Steps that need a token are handled elsewhere. */
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
      if (environment && (await app.environments.edit(environment))) await again();
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

/** What the button of a problem does where nothing was minted: remove the cause, then ask again. */
import type { AppState } from '../lib/app.svelte';
import type { Environment, NextStep } from '../lib/types';

/** Does a next step; `again` is called once the cause may be gone. Steps that need a token are not for here. */
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
      if (environment && (await app.editEnvironment(environment))) await again();
      return;
    case 'import-key':
      app.reviews.show(environment?.id ?? null);
      return;
    case 'mint':
    case 'use-server-time':
    case 'edit-scopes':
    case 'mint-with-audience':
    case 'describe-file':
    case 'none':
      return;
  }
}

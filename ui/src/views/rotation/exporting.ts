/** Saving rotations with every step, for an audit. */
import type { AppState } from '../../lib/app.svelte';
import { visible } from '../../lib/format';
import { ipc, problemOf } from '../../lib/ipc';
import { strings } from '../../lib/strings';
import type { ServiceUserId } from '../../lib/bindings';

/** Saves all rotations of a service user, or of all, where the user chooses. */
export async function exportRotations(app: AppState, of: ServiceUserId | null): Promise<void> {
  try {
    const name = await ipc.exportRotations(of);
    if (name !== null) app.status.offer(strings.rotation.run.saved(visible(name)), { label: strings.showInFolder, run: () => void app.showExported() });
  } catch (thrown) {
    app.status.fail(problemOf(thrown).message);
  }
}

/** What issuers call service users that were just imported: offered as a name where none was chosen. */
import type { CredentialTest, Review } from '../../lib/bindings';
import { ipc } from '../../lib/ipc';
import { draftOf } from '../../lib/serviceUserDraft';
import { nameIn } from '../credentialTest';
import type { Importing } from './importing.svelte';
import type { KeyImport } from './keyImport.svelte';

export class Names {
  constructor(private readonly importing: Importing) {}

  /** Asks the issuer for the service user's name, where the user did not choose one. */
  async offer(item: KeyImport, { userinfo }: CredentialTest): Promise<void> {
    const outcome = item.imported?.outcome;
    if (!outcome?.newServiceUser || item.typedName !== null) return;
    // A courtesy: without the scopes for it there is no answer, and that is no failure of the test.
    const answer = userinfo ?? (await ipc.userinfo(outcome.serviceUser).catch(() => null));
    const name = nameIn(answer);
    if (name !== null && name !== item.name) item.offeredName = name;
  }

  /** Gives the service user the name that was offered. Rejects with a `Failure`. */
  async take(review: Review): Promise<void> {
    const item = this.importing.of(review);
    const { imported, offeredName: name } = item;
    if (!imported || name === null) return;
    const id = imported.outcome.serviceUser;
    const opened = draftOf((await ipc.serviceUser(id)).serviceUser);
    await ipc.editServiceUser(id, opened, { ...opened, name });
    item.newName = name;
    item.offeredName = null;
    await this.importing.app.refresh();
  }
}

/** Introspection and revocation of the token shown: which application asks, and what the server said. */
import { tick } from 'svelte';
import { Asked } from './asked.svelte';
import { ipc } from './ipc';
import type { Production } from './production.svelte';
import type { Subject } from './tokens.svelte';
import type { CredentialId, EnvironmentId, Introspection, Introspector, Revoked, ServiceUserId } from './bindings';

export class Introspecting {
  /** Who can ask. */
  readonly applications = new Asked<Introspector[]>();
  readonly answer = new Asked<Introspection | null>();
  readonly revoked = new Asked<Revoked | null>();
  chosen = $state<CredentialId | null>(null);
  /** The project whose audience scope is minted with. */
  project = $state('');

  application = $derived(this.applications.current?.find((each) => each.credential === this.chosen) ?? null);

  #shown: { id: ServiceUserId; mintedAt: string | null } | null = null;

  constructor(
    private readonly production: Production,
    /** Told after a token was minted or ended, so that lists and details are loaded again. */
    private readonly changed: () => Promise<void>,
  ) {}

  /** Turns to a service user's token. What was said of another one is forgotten. */
  show(id: ServiceUserId, mintedAt: string | null): void {
    const before = this.#shown;
    this.#shown = { id, mintedAt };
    if (before?.id === id && before.mintedAt === mintedAt) return;
    this.answer.clear();
    // That a token was ended is worth reading though it is gone.
    if (before?.id !== id || mintedAt !== null) this.revoked.clear();
  }

  /** Learns who can ask in an environment. */
  async load(environment: EnvironmentId): Promise<void> {
    const found = await this.applications.ask(() => ipc.introspectors(environment));
    if (!found) return;
    const known = found.find((each) => each.credential === this.chosen);
    if (known) this.project ||= known.project ?? '';
    else this.choose(found[0]?.credential ?? null);
  }

  choose(credential: CredentialId | null): void {
    this.chosen = credential;
    this.project = this.application?.project ?? '';
    this.answer.clear();
  }

  async introspect(id: ServiceUserId): Promise<void> {
    const application = this.chosen;
    if (application !== null) await this.answer.ask(() => ipc.introspect(id, application));
  }

  /** Mints again with the project's audience scope, and introspects. */
  async mintWithAudience(subject: Subject): Promise<void> {
    const application = this.chosen;
    const project = this.project.trim();
    if (application === null || !project) return;
    const before = this.answer.current;
    const answer = await this.answer.ask(async () => {
      const found = await this.production.guard(subject.environment, () => ipc.introspectWithAudience(subject.id, application, project));
      // Declining production is no answer, and takes none away.
      return found ?? before;
    });
    await this.changed();
    // The new token has come into view by now, which forgot what was said of the old one.
    await tick();
    if (answer) this.answer.current = answer;
  }

  /** Asks the server to end the token; what came of it is in `revoked`. */
  async revoke(id: ServiceUserId): Promise<void> {
    const application = this.chosen;
    if (application === null) return;
    const revoked = await this.revoked.ask(() => ipc.revoke(id, application));
    if (revoked) await this.changed();
  }
}

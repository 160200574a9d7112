/** A rotation before it begins: what may be chosen, and what the core says would happen. */
import { Asked } from './asked.svelte';
import { ipc, periods, problemOf } from './ipc';
import type { Production } from './production.svelte';
import type { RotationSubject } from './rotations.svelte';
import type { Problem, RotationPlan, RotationRequest, ServiceUserId, ServiceUserRow } from './bindings';

export type ExpiryChoice = '90' | '180' | '365' | '730' | 'never';
/** For how long the old credential may be kept, in seconds. */
export const GRACES = ['0', '3600', '86400', '604800', '2592000'] as const;
export type GraceChoice = (typeof GRACES)[number];
/** For how long it is kept unless somebody says otherwise. */
export const GRACE = String(periods.graceHours * 3600) as GraceChoice;

export class Planning {
  /** Who may act: the environment's service users that mint. */
  candidates = $state.raw<ServiceUserRow[]>([]);
  by = $state<ServiceUserId>('');
  expiry = $state<ExpiryChoice>('365');
  grace = $state<GraceChoice>(GRACE);
  pause = $state(false);
  /** Whether who acts is to act for this environment from now on, where a service user may not itself. */
  remember = $state(false);
  starting = $state(false);
  /** Whether the question about production was answered with no. */
  declined = $state(false);
  /** Why it couldn't begin. */
  problem = $state.raw<Problem | null>(null);
  #administrator = $state<ServiceUserId | null>(null);
  #asked = new Asked<RotationPlan | null>();

  constructor(
    readonly subject: RotationSubject,
    private readonly production: Production,
  ) {
    this.by = subject.serviceUser;
  }

  get plan(): RotationPlan | null {
    return this.#asked.current;
  }

  get busy(): boolean {
    return this.#asked.busy;
  }

  get refused(): Problem | null {
    return this.problem ?? this.#asked.problem;
  }

  get request(): RotationRequest {
    return {
      serviceUser: this.subject.serviceUser,
      credential: this.subject.credential,
      adds: this.subject.credential === null ? this.subject.kind : null,
      by: this.by === this.subject.serviceUser ? null : this.by,
      expiresInDays: this.expiry === 'never' ? null : Number(this.expiry),
      graceSeconds: this.plan?.overlap === false ? 0 : Number(this.grace),
      pauseAfterProof: this.pause,
      confirmed: false,
    };
  }

  /** Whether the expiry is ours to choose. */
  get choosesExpiry(): boolean {
    return this.plan !== null && (this.plan.expiresAt !== null || this.expiry === 'never');
  }

  /** Whether a service user acts that isn't the environment's administrator yet. */
  get mayRemember(): boolean {
    return this.by !== this.subject.serviceUser && this.by !== this.#administrator;
  }

  async load(): Promise<void> {
    // One without a credential can't act for itself.
    if (this.subject.credential === null) {
      await this.#loadCandidates();
      const others = this.candidates.filter(({ id }) => id !== this.subject.serviceUser);
      this.by = this.#administrator ?? (this.candidates.length > others.length ? this.by : (others[0]?.id ?? this.by));
      await this.replan();
    } else await Promise.all([this.replan(), this.#loadCandidates()]);
  }

  /** Remembers who acts, if that is wanted. */
  async keepActor(): Promise<void> {
    if (this.remember && this.mayRemember) await ipc.setAdministrator(this.subject.place.id, this.by);
  }

  /** Asks again what would happen; the last answer stays meanwhile. */
  async replan(): Promise<void> {
    this.problem = null;
    const { place } = this.subject;
    await this.#asked.ask(() => this.production.guard(place, () => ipc.planRotation(this.request)));
    this.declined = !this.busy && this.plan === null && this.#asked.problem === null;
  }

  choose(by: ServiceUserId): void {
    this.by = by;
    void this.replan();
  }

  async #loadCandidates(): Promise<void> {
    try {
      const { id } = this.subject.place;
      const [candidates, administrator] = await Promise.all([ipc.actors(id), ipc.administrator(id)]);
      this.#administrator = administrator;
      this.candidates = candidates;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }
}

/** Rotations: those that aren't over, those that this window works on, and what the sheet shows. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { ipc, problemOf } from './ipc';
import type { Production } from './production.svelte';
import type { RotatingMany } from './rotatingMany.svelte';
import { whereIs, type Where } from './rotationState';
import type {
  Credential,
  CredentialId,
  CredentialKind,
  Environment,
  EnvironmentId,
  Problem,
  ReviewId,
  RotationChanged,
  RotationId,
  RotationRequest,
  RotationView,
  ServiceUserId,
} from './bindings';

export interface Place {
  id: EnvironmentId;
  name: string;
}

/** What is to be rotated. */
export interface RotationSubject {
  serviceUser: ServiceUserId;
  name: string;
  place: Place;
  /** Which credential is replaced; null to add one. */
  credential: CredentialId | null;
  kind: CredentialKind;
  /** The credential's id, as it is shown; empty if none is replaced. */
  shownId: string;
}

/** What is rotated when this credential is. */
export function subjectOf(credential: Credential, serviceUser: { id: ServiceUserId; name: string; userId: string }, environment: Environment): RotationSubject {
  return {
    serviceUser: serviceUser.id,
    name: serviceUser.name,
    place: { id: environment.id, name: environment.name },
    credential: credential.id,
    kind: credential.kind,
    shownId: credential.keyId ?? credential.clientId ?? serviceUser.userId,
  };
}

/** What the sheet shows: one that may begin, or one that began. */
export type Sheet = { what: 'plan'; subject: RotationSubject } | { what: 'run'; id: RotationId };

export class Rotations {
  sheet = $state.raw<Sheet | null>(null);
  /** Several that are rotated together, also while no sheet shows them. */
  many = $state.raw<RotatingMany | null>(null);
  /** Why they couldn't be read. */
  problem = $state.raw<Problem | null>(null);

  #known = new SvelteMap<RotationId, RotationView>();
  #running = new SvelteSet<RotationId>();
  #stopping = new SvelteSet<RotationId>();
  #problems = new SvelteMap<RotationId, Problem>();

  constructor(
    private readonly production: Production,
    /** Told after credentials changed, so that lists and details are loaded again. */
    private readonly changed: () => Promise<void>,
  ) {}

  /** Those that aren't over, the oldest first. */
  open = $derived(
    [...this.#known.values()]
      .filter(({ rotation }) => rotation.endedAt === null)
      .sort((one, other) => one.rotation.startedAt.localeCompare(other.rotation.startedAt)),
  );

  async load(): Promise<void> {
    try {
      const open = await ipc.openRotations();
      const ids = new Set(open.map(({ rotation }) => rotation.id));
      for (const [id, view] of this.#known) {
        if (view.rotation.endedAt === null && !ids.has(id) && !this.#running.has(id)) this.#known.delete(id);
      }
      for (const view of open) if (!this.#running.has(view.rotation.id)) this.#known.set(view.rotation.id, view);
      this.problem = null;
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  /** Takes what the core tells while one goes on, whoever began it. */
  receive({ view, problem }: RotationChanged): void {
    const { id } = view.rotation;
    this.#known.set(id, view);
    if (problem) this.#problems.set(id, problem);
    // What this window works on is looked at when that is over.
    if (!this.#running.has(id) && view.rotation.asked === null) void this.changed();
  }

  view(id: RotationId): RotationView | null {
    return this.#known.get(id) ?? null;
  }

  /** The one of a service user that isn't over. */
  of(serviceUser: ServiceUserId): RotationView | null {
    return this.open.find(({ rotation }) => rotation.serviceUser === serviceUser) ?? null;
  }

  /** Whether this window works on it. */
  runs(id: RotationId): boolean {
    return this.#running.has(id);
  }

  /** Whether it stops before its next step. */
  stops(id: RotationId): boolean {
    return this.#stopping.has(id);
  }

  /** Where it is. What is due but was refused waits for somebody. */
  where(view: RotationView): Where {
    const { id } = view.rotation;
    const where = whereIs(view, this.#running.has(id));
    return where === 'due' && this.#problems.has(id) ? 'stopped' : where;
  }

  /** Why it didn't go on; null once it is tried again. */
  problemOf(id: RotationId): Problem | null {
    return this.#problems.get(id) ?? null;
  }

  /** Opens the sheet to rotate a credential, or for the rotation that is under way. */
  ask(subject: RotationSubject): void {
    const open = this.of(subject.serviceUser);
    this.sheet = open ? { what: 'run', id: open.rotation.id } : { what: 'plan', subject };
  }

  show(id: RotationId): void {
    this.sheet = { what: 'run', id };
  }

  /** Shows one that is over. */
  review(view: RotationView): void {
    this.#known.set(view.rotation.id, view);
    this.show(view.rotation.id);
  }

  /** Closes the sheet; what is under way goes on. */
  close(): void {
    this.sheet = null;
  }

  /** Records a rotation; the caller goes on with it. Throws what the core refuses. */
  async begin(request: RotationRequest): Promise<RotationId> {
    const view = await ipc.startRotation(request);
    this.#known.set(view.rotation.id, view);
    return view.rotation.id;
  }

  async go(id: RotationId): Promise<void> {
    await this.#work(id, () => ipc.continueRotation(id));
  }

  async undo(id: RotationId): Promise<void> {
    await this.#work(id, () => ipc.undoRotation(id));
  }

  /** A person has done their part, or doesn't want to wait; goes on. */
  async release(id: RotationId, keyId: string | null = null): Promise<void> {
    await this.#work(id, async () => {
      this.#known.set(id, await ipc.releaseRotation(id, keyId));
      return ipc.continueRotation(id);
    });
  }

  /** Takes the key of a file under review as the new one, and goes on. */
  async bring(id: RotationId, review: ReviewId): Promise<void> {
    await this.#work(id, async () => {
      this.#known.set(id, await ipc.bringKey(id, review));
      return ipc.continueRotation(id);
    });
  }

  /** Lets another service user act at the server, and goes on. */
  async letAct(id: RotationId, by: ServiceUserId): Promise<void> {
    await this.#work(id, async () => {
      this.#known.set(id, await ipc.letAnotherAct(id, by));
      return ipc.continueRotation(id);
    });
  }

  /** Stops before the next step. */
  async stop(id: RotationId): Promise<void> {
    this.#stopping.add(id);
    try {
      await ipc.stopRotation(id);
    } catch (thrown) {
      this.#stopping.delete(id);
      this.#problems.set(id, problemOf(thrown));
    }
  }

  async #work(id: RotationId, action: () => Promise<RotationView>): Promise<void> {
    const view = this.#known.get(id);
    if (!view || this.#running.has(id)) return;
    this.#running.add(id);
    this.#problems.delete(id);
    const { environment, environmentName } = view.rotation;
    try {
      const done = await this.production.guard({ id: environment, name: environmentName }, action);
      if (done) this.#known.set(id, done);
    } catch (thrown) {
      this.#problems.set(id, problemOf(thrown));
    }
    this.#running.delete(id);
    this.#stopping.delete(id);
    await this.changed();
  }
}

/** Minting and copying, from wherever it is asked for; with what is under way and what went wrong, by service user. */
import { SvelteMap } from 'svelte/reactivity';
import { Failure, ipc, problemOf } from './ipc';
import type { Production } from './production.svelte';
import type { Status } from './status.svelte';
import type { Ask, Copied, CopyForm, CredentialId, EnvironmentId, Problem, ServiceUserId, TokenView, CredentialTest } from './bindings';

/** Who a token is for. */
export interface Subject {
  id: ServiceUserId;
  environment: { id: EnvironmentId; name: string };
}

/** Which credential is tried. */
interface Trying {
  credential: CredentialId;
  /** Whether it is the service user's default already. */
  own: boolean;
  /** Whether it becomes that if it works. */
  takesOver: boolean;
}

/** What was wanted: to mint, or to copy in a form. */
type OpenRequest = 'mint' | CopyForm;

interface Failed {
  problem: Problem;
  subject: Subject;
  request: OpenRequest;
  ask: Ask;
}

export class Tokens {
  #failed = new SvelteMap<ServiceUserId, Failed>();
  #busy = new SvelteMap<ServiceUserId, OpenRequest>();

  constructor(
    private readonly production: Production,
    private readonly status: Status,
    /** Told after each attempt; without a token where it failed. */
    private readonly settled: (id: ServiceUserId, token: TokenView | null) => void,
  ) {}

  problem(id: ServiceUserId): Problem | null {
    return this.#failed.get(id)?.problem ?? null;
  }

  busy(id: ServiceUserId): OpenRequest | null {
    return this.#busy.get(id) ?? null;
  }

  /** Mints a token; null if it failed or was declined. */
  async mint(subject: Subject, ask: Ask = {}): Promise<TokenView | null> {
    return this.#run(subject, 'mint', ask, () => ipc.mint(subject.id, ask), (token) => token);
  }

  /** Copies a token, minting one first if needed; null if it failed or was declined. */
  async copy(subject: Subject, form: CopyForm, ask: Ask = {}): Promise<Copied | null> {
    const copied = await this.#run(subject, form, ask, () => ipc.copyToken(subject.id, form, ask), (each) => each.token);
    if (copied) this.status.confirm(copied);
    return copied;
  }

  /** Stops waiting for a slow server; what was wanted is then declined. */
  async stop(id: ServiceUserId): Promise<void> {
    await ipc.stopWaiting(id);
  }

  /**
   * Tries one credential; null if that was declined. Rejects with a `Failure`. What comes of it is the service
   * user's only where the credential is its default: that of others leaves its token and its failure as they are.
   */
  async tryOut(subject: Subject, { credential, own, takesOver }: Trying, ask: Ask): Promise<CredentialTest | null> {
    try {
      const credentialTest = await this.production.guard(subject.environment, () => ipc.tryCredential(credential, ask, takesOver));
      if (credentialTest?.isDefault) {
        this.#failed.delete(subject.id);
        this.settled(subject.id, credentialTest.token);
      }
      return credentialTest;
    } catch (thrown) {
      if (own) {
        this.#failed.set(subject.id, { problem: problemOf(thrown), subject, request: 'mint', ask });
        this.settled(subject.id, null);
      }
      throw thrown;
    }
  }

  /** Notes a token that was copied outside the page. */
  noteCopied(id: ServiceUserId, copied: Copied): void {
    this.#failed.delete(id);
    this.status.confirm(copied);
    this.settled(id, copied.token);
  }

  /** Goes on with a copy that failed outside the page: asks what it asks, or shows why it failed. */
  async resume(subject: Subject, form: CopyForm, problem: Problem): Promise<void> {
    let tried = false;
    const action = () => {
      if (tried) return ipc.copyToken(subject.id, form, {});
      tried = true;
      return Promise.reject(new Failure(problem));
    };
    const copied = await this.#run(subject, form, {}, action, (each) => each.token);
    if (copied) this.status.confirm(copied);
  }

  /** Does what failed once more, asked differently. */
  async again(id: ServiceUserId, ask: Ask): Promise<void> {
    const failed = this.#failed.get(id);
    if (!failed) return;
    const asked = { ...failed.ask, ...ask };
    if (failed.request === 'mint') await this.mint(failed.subject, asked);
    else await this.copy(failed.subject, failed.request, asked);
  }

  /** Forgets what went wrong, because what it spoke of has changed. */
  clear(id: ServiceUserId): void {
    this.#failed.delete(id);
  }

  async #run<T>(
    subject: Subject,
    request: OpenRequest,
    ask: Ask,
    action: () => Promise<T>,
    tokenOf: (outcome: T) => TokenView,
  ): Promise<T | null> {
    const busy = this.#busy.get(subject.id);
    // While a slow server mints another, the token that is there can be copied.
    const beside = busy === 'mint' && request !== 'mint';
    if (busy && !beside) return null;
    if (!beside) this.#busy.set(subject.id, request);
    try {
      const outcome = await this.production.guard(subject.environment, action);
      if (outcome === null) return null;
      this.#failed.delete(subject.id);
      this.settled(subject.id, tokenOf(outcome));
      return outcome;
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.code === 'stopped') return null;
      this.#failed.set(subject.id, { problem, subject, request, ask });
      if (request !== 'mint') this.status.copyFailed();
      this.settled(subject.id, null);
      return null;
    } finally {
      if (!beside) this.#busy.delete(subject.id);
    }
  }
}

/** The service user that the detail pane shows. */
import { ipc, problemOf } from './ipc';
import { draftOf } from './serviceUserDraft';
import type { Problem, ServiceUserDetail, ServiceUserDraft, ServiceUserId, TokenView } from './bindings';

export type Tab = 'token' | 'claims' | 'userinfo' | 'introspection' | 'credentials' | 'elsewhere' | 'activity';

const REVEALED_FOR = 15_000;

export class Detail {
  id = $state<ServiceUserId | null>(null);
  data = $state.raw<ServiceUserDetail | null>(null);
  tab = $state<Tab>('token');
  problem = $state.raw<Problem | null>(null);
  /** The token in full while it is revealed, and when it hides itself. */
  revealed = $state.raw<{ token: string; until: number } | null>(null);
  /** Whether the scopes are to be edited; the Token tab opens the form, once. */
  scopesWanted = $state(false);
  token = $derived(this.data?.token ?? null);

  #hiding: ReturnType<typeof setTimeout> | undefined;
  #latest = 0;

  /** Shows a service user; null shows none. The last call wins. */
  async open(id: ServiceUserId | null): Promise<void> {
    if (id !== this.id) {
      this.hide();
      this.id = id;
      this.data = null;
      this.problem = null;
    }
    await this.reload();
  }

  async reload(): Promise<void> {
    const turn = ++this.#latest;
    const id = this.id;
    if (id === null) return;
    try {
      const data = await ipc.serviceUser(id);
      if (turn !== this.#latest) return;
      this.data = data;
      this.problem = null;
    } catch (thrown) {
      if (turn === this.#latest) this.problem = problemOf(thrown);
    }
  }

  /** Notes a token that was minted for the service user shown. */
  noteToken(id: ServiceUserId, token: TokenView): void {
    if (id !== this.id || !this.data) return;
    if (!token.reused) this.hide();
    this.data = { ...this.data, token };
  }

  /** Changes what can be edited of the service user shown; false if that failed. */
  async edit(change: Partial<ServiceUserDraft>): Promise<boolean> {
    const user = this.data?.serviceUser;
    if (!user) return false;
    const opened = draftOf(user);
    const saved = await this.act(() => ipc.editServiceUser(user.id, opened, { ...opened, ...change }));
    const problem = this.problem;
    if (!saved && problem?.code === 'edited-meanwhile') {
      await this.reload();
      this.problem ??= problem;
    }
    return saved;
  }

  /** Does something to the service user shown and loads it again; false if that failed. */
  async act(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
    } catch (thrown) {
      this.problem = problemOf(thrown);
      return false;
    }
    await this.reload();
    return true;
  }

  /** Shows the token in full; it hides itself after 15 s. */
  async reveal(): Promise<void> {
    const id = this.id;
    if (id === null) return;
    try {
      const token = await ipc.revealToken(id);
      if (id !== this.id) return;
      this.hide();
      this.revealed = { token, until: Date.now() + REVEALED_FOR };
      this.#hiding = setTimeout(() => this.hide(), REVEALED_FOR);
    } catch (thrown) {
      this.problem = problemOf(thrown);
    }
  }

  hide(): void {
    clearTimeout(this.#hiding);
    this.revealed = null;
  }
}

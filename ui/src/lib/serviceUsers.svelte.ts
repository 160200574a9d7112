/** The list of service users: one environment's or all, searched and sorted here as one types. */
import { ipc, problemOf } from './ipc';
import type { EnvironmentId, Problem, ServiceUserId, ServiceUserRow, TokenView } from './types';

export type Sort = 'name' | 'lastUsed' | 'keyExpiry';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export class ServiceUsers {
  /** Whose rows these are; null means all environments'. */
  of = $state<EnvironmentId | null>(null);
  rows = $state.raw<ServiceUserRow[]>([]);
  query = $state('');
  sort = $state<Sort>('name');
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);

  #sorted = $derived(sorted(this.rows, this.sort));
  /** The rows that match the search, favourites first. */
  visible = $derived(matching(this.#sorted, this.query));

  #latest = 0;

  /** Loads the rows of an environment; the last call wins, however the replies come in. */
  async load(of: EnvironmentId | null): Promise<void> {
    const turn = ++this.#latest;
    if (of !== this.of) {
      this.of = of;
      this.query = '';
      this.rows = [];
      this.loaded = false;
    }
    try {
      const rows = await ipc.serviceUsers(of);
      if (turn !== this.#latest) return;
      this.rows = rows;
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      if (turn === this.#latest) this.problem = problemOf(thrown);
    }
  }

  row(id: ServiceUserId | null): ServiceUserRow | null {
    return this.rows.find((row) => row.id === id) ?? null;
  }

  /** Notes a token in its row, so that thousands of others need not be loaded again. */
  noteToken(id: ServiceUserId, token: TokenView): void {
    this.patch(id, {
      token: { state: 'valid', expiresAt: token.expiresAt },
      lastUsedAt: new Date().toISOString(),
      // A mint that went well has read the key.
      keyMissing: false,
    });
  }

  patch(id: ServiceUserId, change: Partial<ServiceUserRow>): void {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...change } : row));
  }

  /** Turns a favourite on or off; back again if that could not be saved. */
  async toggleFavourite(id: ServiceUserId): Promise<Problem | null> {
    const row = this.row(id);
    if (!row) return null;
    const favourite = !row.favourite;
    this.patch(id, { favourite });
    try {
      await ipc.editServiceUser(id, { name: row.name, scopes: row.scopes, tags: row.tags, favourite });
      return null;
    } catch (thrown) {
      this.patch(id, { favourite: !favourite });
      return problemOf(thrown);
    }
  }
}

const haystacks = new WeakMap<ServiceUserRow, string>();

function haystack(row: ServiceUserRow): string {
  let text = haystacks.get(row);
  if (text === undefined) {
    text = [row.name, row.userId, row.keyId ?? '', ...row.tags].join('\n').toLowerCase();
    haystacks.set(row, text);
  }
  return text;
}

/** Keeps the rows that hold every word of the search. */
export function matching(rows: ServiceUserRow[], query: string): ServiceUserRow[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter((row) => wanted.every((word) => haystack(row).includes(word)));
}

/** Sorts rows: favourites first, then as asked; what has no such time comes last. */
export function sorted(rows: ServiceUserRow[], sort: Sort): ServiceUserRow[] {
  const byName = (a: ServiceUserRow, b: ServiceUserRow) =>
    collator.compare(a.name, b.name) || collator.compare(a.userId, b.userId);
  const order: Record<Sort, (a: ServiceUserRow, b: ServiceUserRow) => number> = {
    name: () => 0,
    lastUsed: (a, b) => time(b.lastUsedAt, -Infinity) - time(a.lastUsedAt, -Infinity),
    keyExpiry: (a, b) => time(a.keyExpiresAt, Infinity) - time(b.keyExpiresAt, Infinity),
  };
  return rows.toSorted(
    (a, b) => Number(b.favourite) - Number(a.favourite) || order[sort](a, b) || byName(a, b),
  );
}

function time(moment: string | null, absent: number): number {
  const at = moment === null ? NaN : Date.parse(moment);
  return Number.isNaN(at) ? absent : at;
}

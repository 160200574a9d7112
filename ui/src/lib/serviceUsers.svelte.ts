/** The list of service users: one environment's or all, searched and sorted here while typing. */
import { SearchText } from './searchText';
import { ipc, problemOf } from './ipc';
import { locale } from './locale';
import { draftOf } from './serviceUserDraft';
import type { EnvironmentId, Problem, ServiceUser, ServiceUserId, ServiceUserRow, TokenView } from './bindings';

export type Sort = 'name' | 'lastUsed' | 'keyExpiry';

const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });

export class ServiceUsers {
  /** Whose rows these are; null means all environments'. */
  of = $state<EnvironmentId | null>(null);
  #all = $state.raw<ServiceUserRow[]>([]);
  #hidden = $state.raw<ReadonlySet<ServiceUserId>>(new Set());
  /** All rows: favourites first, then in the order asked for; without those that are being removed. */
  readonly rows = $derived(this.#hidden.size === 0 ? this.#all : this.#all.filter((row) => !this.#hidden.has(row.id)));
  /** Those that are selected together; none while one is looked at. */
  selected = $state.raw<ReadonlySet<ServiceUserId>>(new Set());
  /** Where a range of selected rows begins. */
  #from: ServiceUserId | null = null;
  query = $state('');
  /** Tells by which words an environment is found, in lower case; the list of all is searched by them too. */
  homeOf = $state.raw<(environment: EnvironmentId) => string>(() => '');
  loaded = $state(false);
  problem = $state.raw<Problem | null>(null);
  #searchText = $derived(searchText(this.rows, this.of === null ? this.homeOf : undefined));
  /** The rows that match the search. */
  visible = $derived(this.query === '' ? this.rows : this.#searchText.matching(this.query));

  #sort = $state<Sort>('name');
  #latest = 0;

  get sort(): Sort {
    return this.#sort;
  }

  set sort(sort: Sort) {
    this.#sort = sort;
    this.#all = sorted(this.#all, sort);
  }

  /** Loads the rows of an environment; the last call wins, however the replies come in. */
  async load(of: EnvironmentId | null): Promise<void> {
    const turn = ++this.#latest;
    if (of !== this.of) {
      this.of = of;
      this.query = '';
      this.#all = [];
      this.deselect();
      this.loaded = false;
    }
    try {
      const rows = await ipc.serviceUsers(of);
      if (turn !== this.#latest) return;
      this.#all = sorted(rows, this.#sort);
      this.problem = null;
      this.loaded = true;
    } catch (thrown) {
      if (turn === this.#latest) this.problem = problemOf(thrown);
    }
  }

  /** Makes what the search looks at, so that its first key is as quick as the others. */
  prepare(): void {
    void this.#searchText;
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

  /**
   * Changes one row. It moves where its name or its star changed; what a mint changes lets it stay, for a
   * row that leaves from under the pointer takes the next click with it. The others are not sorted again.
   */
  patch(id: ServiceUserId, change: Partial<ServiceUserRow>): void {
    const at = this.#all.findIndex((row) => row.id === id);
    const old = this.#all[at];
    if (!old) return;
    const row = { ...old, ...change };
    if (row.name === old.name && row.favourite === old.favourite) {
      this.#all = this.#all.with(at, row);
      return;
    }
    const others = this.#all.toSpliced(at, 1);
    this.#all = others.toSpliced(placeOf(row, others, orders[this.#sort]), 0, row);
  }

  /** Leaves service users out of the list. */
  hide(ids: ServiceUserId[]): void {
    this.#hidden = new Set(ids);
    this.deselect();
  }

  /** The rows that are selected together, in the list's order. */
  get selectedRows(): ServiceUserRow[] {
    return this.selected.size === 0 ? [] : this.visible.filter((row) => this.selected.has(row.id));
  }

  /** Adds a row to the selection, or takes it out. The one that is looked at is the first. */
  toggle(id: ServiceUserId, current: ServiceUserId | null): void {
    const next = new Set(this.selected.size === 0 && current !== null ? [current] : this.selected);
    if (!next.delete(id)) next.add(id);
    this.#from = id;
    this.selected = next.size > 1 || (next.size === 1 && !next.has(current ?? '')) ? next : new Set();
  }

  /** Selects all rows from where the selection began to this one. */
  extend(id: ServiceUserId, current: ServiceUserId | null): void {
    this.#from ??= current ?? id;
    const ids = this.visible.map((row) => row.id);
    const [a, b] = [ids.indexOf(this.#from), ids.indexOf(id)];
    if (a < 0 || b < 0) return;
    const range = ids.slice(Math.min(a, b), Math.max(a, b) + 1);
    this.selected = new Set(range.length > 1 ? range : []);
  }

  selectAll(): void {
    this.selected = new Set(this.visible.length > 1 ? this.visible.map((row) => row.id) : []);
  }

  deselect(): void {
    this.#from = null;
    if (this.selected.size > 0) this.selected = new Set();
  }

  /** Turns a favourite on or off; back again if that could not be saved. */
  async toggleFavourite(user: ServiceUser): Promise<Problem | null> {
    const { id } = user;
    const favourite = !user.favourite;
    this.patch(id, { favourite });
    try {
      const opened = draftOf(user);
      await ipc.editServiceUser(id, opened, { ...opened, favourite });
      // Once more, now that it's stored: what follows the rows, as the tray does, reads it there.
      this.patch(id, { favourite });
      return null;
    } catch (thrown) {
      this.patch(id, { favourite: !favourite });
      return problemOf(thrown);
    }
  }
}

function textOf(row: ServiceUserRow): string {
  return [row.name, row.userId, row.keyId ?? '', ...row.tags, row.notes].join('\n').toLowerCase();
}

/** What rows are found by: their own words, and where all are listed those of their environment. */
export function searchText(rows: ServiceUserRow[], homeOf?: (environment: EnvironmentId) => string): SearchText<ServiceUserRow> {
  return new SearchText(rows, homeOf ? (row) => `${textOf(row)}\n${homeOf(row.environment)}` : textOf);
}

type Compare = (a: ServiceUserRow, b: ServiceUserRow) => number;

const byName: Compare = (a, b) => collator.compare(a.name, b.name) || collator.compare(a.userId, b.userId);

/** Favourites first, then as asked; what has no such time comes last. */
const orders: Record<Sort, Compare> = {
  name: (a, b) => byFavour(a, b) || byName(a, b),
  lastUsed: (a, b) => byFavour(a, b) || time(b.lastUsedAt, -Infinity) - time(a.lastUsedAt, -Infinity) || byName(a, b),
  keyExpiry: (a, b) => byFavour(a, b) || time(a.keyExpiresAt, Infinity) - time(b.keyExpiresAt, Infinity) || byName(a, b),
};

function byFavour(a: ServiceUserRow, b: ServiceUserRow): number {
  return Number(b.favourite) - Number(a.favourite);
}

/** Sorts rows. They come by name from the core, so that looking whether that will do saves most sorting. */
export function sorted(rows: ServiceUserRow[], sort: Sort): ServiceUserRow[] {
  const compare = orders[sort];
  const inOrder = rows.every((row, at) => at === 0 || compare(rows[at - 1]!, row) <= 0);
  return inOrder ? rows : rows.toSorted(compare);
}

/** Where a row belongs among sorted ones. */
function placeOf(row: ServiceUserRow, others: ServiceUserRow[], compare: Compare): number {
  let [low, high] = [0, others.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(others[middle]!, row) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function time(moment: string | null, absent: number): number {
  const at = moment === null ? NaN : Date.parse(moment);
  return Number.isNaN(at) ? absent : at;
}

/** The columns beside the names of a wide list: which there is room for, and what is in them. */
import { date, dateTime, relative, until, visible } from '../../lib/format';
import { periods } from '../../lib/ipc';
import { strings } from '../../lib/strings';
import type { Environment, ProviderView, ServiceUserRow } from '../../lib/bindings';

export type Column = 'environment' | 'provider' | 'keyExpiry' | 'lastUsed';

const DAY = 86_400_000;

/** How wide each is, in rem. */
const WIDTHS: Record<Column, number> = { environment: 10, provider: 9, keyExpiry: 7, lastUsed: 8 };
/** From which width of the list on there are two, three and, in a list of several environments, four. */
const FROM = { two: 40, provider: 50, environment: 60 };

/** The columns of a list this wide, in rem. */
export function columnsOf(width: number, all: boolean): Column[] {
  if (width < FROM.two) return [];
  return [
    ...(all && width >= FROM.environment ? (['environment'] as const) : []),
    ...(width >= FROM.provider ? (['provider'] as const) : []),
    'keyExpiry',
    'lastUsed',
  ];
}

/** What columns take of a list's width, in rem. */
export function widthOf(columns: Column[]): number {
  return columns.reduce((sum, column) => sum + WIDTHS[column], 0);
}

/** The grid of names and columns. */
export function tracksOf(columns: Column[]): string {
  return ['minmax(0, 1fr)', ...columns.map((column) => `${WIDTHS[column]}rem`)].join(' ');
}

export interface Cell {
  column: Column;
  text: string;
  /** What pointing at it says. */
  whole: string;
  tone: 'plain' | 'warn' | 'danger';
}

/** What is in a row's columns at a moment. */
export function cellsOf(columns: Column[], row: ServiceUserRow, home: Environment | undefined, provider: ProviderView | null, now: number): Cell[] {
  const cell = (column: Column, text: string, whole = text, tone: Cell['tone'] = 'plain'): Cell => ({ column, text, whole, tone });
  return columns.map((column) => {
    switch (column) {
      case 'environment':
        return cell(column, home ? visible(home.name) : '', home ? strings.shell.list.home(visible(home.name), strings.tiers[home.tier]) : '');
      case 'provider':
        return cell(column, visible(provider?.name ?? home?.provider ?? ''));
      case 'keyExpiry': {
        const left = until(row.keyExpiresAt, now);
        if (row.keyExpiresAt === null || left === null) return cell(column, '');
        return cell(column, date(row.keyExpiresAt), dateTime(row.keyExpiresAt), left <= 0 ? 'danger' : left <= periods.soonDays * DAY ? 'warn' : 'plain');
      }
      case 'lastUsed': {
        const left = until(row.lastUsedAt, now);
        if (row.lastUsedAt === null || left === null) return cell(column, strings.never);
        return cell(column, left < -DAY ? date(row.lastUsedAt) : relative(row.lastUsedAt, now), dateTime(row.lastUsedAt));
      }
    }
  });
}

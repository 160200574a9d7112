import { middle } from '../../lib/format';

/**
 * How much room a row of the list has: **narrow** beside the detail in a small window, **middle** beside it in a
 * large one, **wide** where the list is alone.
 */
export type Room = 'narrow' | 'middle' | 'wide';

/** Tells the room of rows this wide, in rem. A list that was not measured yet is taken for the usual one. */
export function roomOf(width: number): Room {
  if (width > 30) return 'wide';
  return width > 20 || width === 0 ? 'middle' : 'narrow';
}

/** What of a row's second line there is room for, beside its facts, which never give way. */
export interface Shown {
  /** Whether facts are said in fewer words. */
  short: boolean;
  /** Whether the kind of the credential is drawn; it is read out anyway. */
  kind: boolean;
  /** The user id as far as there is room; ids are told apart at both their ends. Empty for none of it. */
  id: string;
  /** How many tags are shown whole; the others are counted. */
  tags: number;
}

/** The characters that tags may take, by room: they are what gives way first. */
const TAG_ROOM: Record<Room, number> = { narrow: 0, middle: 22, wide: 48 };
/** What a fact, or the name of the environment, takes of it. */
const FACT_ROOM = 11;

/** Shares the room out. The id gives way before the environment's name, which is `beside` where several are listed. */
export function shownIn(room: Room, id: string, facts: number, beside: boolean, tags: readonly string[] = []): Shown {
  const whole = tagsIn(TAG_ROOM[room] - FACT_ROOM * Math.max(0, facts - (room === 'wide' ? 2 : 0)) - (beside ? FACT_ROOM : 0), tags);
  if (room === 'wide') return { short: false, kind: true, id: facts < 5 ? middle(id, 24, 12) : '', tags: whole };
  const most = { narrow: 1, middle: beside ? 1 : 2 }[room];
  const little = room === 'narrow' ? beside : facts > (beside ? 0 : 1);
  return {
    short: room === 'narrow' || beside || facts > 1,
    kind: !beside || (room === 'middle' && facts < 3),
    id: facts > most ? '' : middle(id, little ? 3 : 7),
    tags: whole,
  };
}

/** How many tags fit into so many characters. */
function tagsIn(room: number, tags: readonly string[]): number {
  let left = room;
  const first = tags.findIndex((tag) => (left -= [...tag].length + 2) < 0);
  return first < 0 ? tags.length : first;
}

import { middle } from '../../lib/format';

/**
 * How much room a row of the list has: **narrow** beside the detail in a small window, **middle** beside it in a
 * large one, **wide** where the list stands alone.
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
}

/** Shares the room out. The id gives way before the environment's name, which is `beside` where several are listed. */
export function shownIn(room: Room, id: string, facts: number, beside: boolean): Shown {
  if (room === 'wide') return { short: false, kind: true, id: facts < 5 ? middle(id, 24, 12) : '' };
  const most = { narrow: 1, middle: beside ? 1 : 2 }[room];
  const little = room === 'narrow' ? beside : facts > (beside ? 0 : 1);
  return {
    short: room === 'narrow' || beside || facts > 1,
    kind: !beside || (room === 'middle' && facts < 3),
    id: facts > most ? '' : middle(id, little ? 3 : 7),
  };
}

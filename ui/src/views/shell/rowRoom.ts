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

/** Whether there is room for some of the user id beside so many facts, which never give way. */
export function showsId(room: Room, facts: number): boolean {
  return facts < { narrow: 2, middle: 3, wide: 5 }[room];
}

/** A user id as there is room for it, beside its environment or alone. Ids are told apart at both their ends. */
export function idIn(room: Room, id: string, beside: boolean): string {
  if (room === 'wide') return middle(id, 24, 12);
  return middle(id, room === 'narrow' && beside ? 3 : 7);
}

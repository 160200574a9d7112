/** Which rows of a long list are drawn. All have one height, so that a place tells where a row lies. */

/** What is in view: rows of this height, scrolled by so many pixels, in so many pixels of room. */
interface View {
  height: number;
  scrolled: number;
  room: number;
}

/** Rows drawn beyond either edge, so that scrolling meets no gap. */
const BEYOND = 4;
/** The same at the top, where a search leaves the list: each row more costs every key of the search. */
const BEYOND_AT_TOP = 1;

/** The places to draw, in order: what is in view, a few more, and the row that is kept. */
export function placesInView({ count, height, scrolled, room, keep }: View & { count: number; keep: number }): number[] {
  // A list that has become shorter is scrolled back by the browser, but only after it was drawn.
  const from = Math.min(scrolled, Math.max(0, count * height - room));
  const beyond = from === 0 && room > 0 ? BEYOND_AT_TOP : BEYOND;
  const first = Math.max(0, Math.floor(from / height) - beyond);
  const end = Math.min(count, Math.ceil((from + room) / height) + beyond);
  const places = Array.from({ length: end - first }, (_, at) => first + at);
  if (keep >= 0 && keep < first) return [keep, ...places];
  if (keep >= end && keep < count) return [...places, keep];
  return places;
}

/** How far the list is scrolled when a row has come into view by the shortest way. */
export function scrolledTo(place: number, { height, scrolled, room }: View): number {
  return Math.max(Math.min(scrolled, place * height), (place + 1) * height - room);
}

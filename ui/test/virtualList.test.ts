import { describe, expect, it } from 'vitest';
import { placesInView, scrolledTo } from '../src/parts/virtualList';

describe('a long list draws', () => {
  const view = { count: 10_000, height: 50, scrolled: 0, room: 500, keep: -1 };
  it.each([
    ['the rows in view and one more', {}, 0, 10],
    ['four more at either side', { scrolled: 1000 }, 16, 33],
    ['a row of which a pixel is in view', { scrolled: 1001 }, 16, 34],
    ['up to its end', { scrolled: 10_000 * 50 - 500 }, 9986, 9999],
    ['its end where it has become shorter and is still scrolled', { count: 20, scrolled: 5000 }, 6, 19],
    ['all rows where there is room', { count: 3 }, 0, 2],
    ['the first rows before it was measured', { room: 0 }, 0, 3],
  ])('%s', (_, change, first, last) => {
    const places = placesInView({ ...view, ...change });
    expect([places[0], places.at(-1), places.length]).toEqual([first, last, last - first + 1]);
  });

  it('nothing where there is nothing', () => expect(placesInView({ ...view, count: 0, scrolled: 300, keep: 0 })).toEqual([]));

  it.each([
    [0, 0, 33],
    [20, 16, 33],
    [9999, 16, 9999],
    [10_000, 16, 33],
  ])('the row that is kept: %i', (keep, first, last) => {
    const places = placesInView({ ...view, scrolled: 1000, keep });
    expect([places[0], places.at(-1)]).toEqual([first, last]);
    expect(places.length).toBe(keep === 0 || keep === 9999 ? 19 : 18);
  });
});

describe('a row comes into view by the shortest way', () => {
  it.each([
    ['from above', 2, 100],
    ['from below', 40, 1550],
    ['where it is already', 25, 1000],
    ['where it is cut at the top', 19, 950],
    ['where it is cut at the bottom', 30, 1050],
  ])('%s', (_, place, expected) => expect(scrolledTo(place, { height: 50, scrolled: 1000, room: 500 })).toBe(expected));
});

import { describe, expect, it } from 'vitest';
import { SearchText } from '../src/lib/searchText';

const TEXTS = ['deploy-bot\n1005\nci', 'deploy-box\n1006', '', 'nightly report\n1007\nci', 'deploy-bot'];

describe('a search text', () => {
  it.each([
    ['deploy', [0, 1, 4]],
    ['DEPLOY-BOT', [0, 4]],
    ['ci', [0, 3]],
    ['ci deploy', [0]],
    ['  report   100 ', [3]],
    ['o', [0, 1, 3, 4]],
    ['bot1005', []],
    ['cideploy', []],
    ['nothing', []],
    ['', [0, 1, 2, 3, 4]],
    [' \n\t', [0, 1, 2, 3, 4]],
  ])('finds by %j', (query, expected) => {
    const items = TEXTS.map((_, at) => at);
    expect(new SearchText(items, (at) => TEXTS[at]!).matching(query)).toEqual(expected);
  });

  it('finds what a look at each text by itself finds', () => {
    const items = Array.from({ length: 500 }, (_, at) => `${((at * 7919) % 1000).toString(3)}\n${at}`);
    const text = new SearchText(items, (item) => item);
    for (const word of ['0', '1', '12', '201', '22 1', '4 9', '499', '500']) {
      const expected = items.filter((item) => word.split(' ').every((each) => item.includes(each)));
      expect(text.matching(word), word).toEqual(expected);
    }
  });

  it('of nothing finds nothing', () => expect(new SearchText<string>([], (text) => text).matching('a')).toEqual([]));
});

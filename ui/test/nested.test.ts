/** Nested values as rows, exact to the last digit. */
import { describe, expect, it } from 'vitest';
import { leavesOf } from '../src/lib/nested';

const rows = (text: string) => leavesOf(text)?.map(({ path, value }) => [path, value]) ?? null;

describe('the leaves of a nested value', () => {
  it.each<[string, string[][] | null]>([
    ['{"serviceuser": {"id": "7d3c", "metadata": {}, "big": 9007199254740993, "on": true}}', [['serviceuser.id', '7d3c'], ['serviceuser.metadata', ''], ['serviceuser.big', '9007199254740993'], ['serviceuser.on', 'true']]],
    ['[{"a": 1.50}, [2, "x"], null]', [['[0].a', '1.50'], ['[1][0]', '2'], ['[1][1]', 'x'], ['[2]', 'null']]],
    ['{"a:b": "c, \\"d\\" }\\n\\u00e9"}', [['a:b', 'c, "d" }\né']]],
    ['{"list": []}', [['list', '']]],
    ['{}', []],
    ['["a", "b"]', null],
    ['{"broken": ', null],
    ['a text', null],
    ['17', null],
  ])('%s', (text, expected) => expect(rows(text)).toEqual(expected));
});

import { describe, expect, it } from 'vitest';
import { clock, count, date, measured, middle, relative, remaining, sentence, span, stretches, told, until, utc, visible } from '../src/lib/format';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const at = (offset: number) => new Date(NOW + offset).toISOString();
const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000];

describe('identifiers are shortened from the middle', () => {
  it.each([
    ['100507859606888466', '1005078…8466'],
    ['short', 'short'],
    ['123456789012', '123456789012'],
    ['1234567890123', '1234567…0123'],
    ['', ''],
    ['💾💾💾💾💾💾💾💾💾💾💾💾💾', '💾💾💾💾💾💾💾…💾💾💾💾'],
  ])('%s', (text, expected) => expect(middle(text)).toBe(expected));
});

describe('life left is written as coarsely as it matters', () => {
  it.each([
    [41 * M + 12 * S, '41 min'],
    [12 * H, '12 h'],
    [11 * H + 59 * M + 58 * S, '12 h'],
    [3 * H + 20 * M, '3 h 20 min'],
    [60 * S, '1 min'],
    [59 * S + 900, '59 s'],
    [9 * S, '9 s'],
    [48 * H - 1, '48 h'],
    [48 * H, '2 days'],
    [365 * 24 * H + 3 * H, '365 days'],
    [0, '0 s'],
    [-5 * S, '0 s'],
  ])('%i ms', (left, expected) => expect(remaining(left)).toBe(expected));
});

describe('lengths of time are written in their largest units', () => {
  it.each([
    [30 * S, '30 s'],
    [41 * M, '41 min'],
    [11 * H + 58 * M, '11 h 58 min'],
    [2 * H, '2 h'],
    [6 * D, '6 days'],
    [729 * D, '729 days'],
    [2075 * D, '5 years'],
    [1 * D, '1 day'],
    [36 * H, '1 day'],
    [93 * D + 23 * H, '93 days'],
    [-100 * S, '2 min'],
    [5 * M - 1, '5 min'],
    [1 * H - 1, '1 h'],
    [12 * H - 1, '12 h'],
    [1 * D - 1, '24 h'],
  ])('%i ms', (length, expected) => expect(span(length)).toBe(expected));
});

describe('moments are told relative to now', () => {
  it.each([
    [0, 'now'],
    [-30 * S, '30 s ago'],
    [41 * M, 'in 41 min'],
    [5 * M - 1, 'in 5 min'],
    [12 * H, 'in 12 h'],
    [11 * H + 59 * M, 'in 12 h'],
    [9 * H + 59 * M, 'in 9 h 59 min'],
    [-1 * D, '1 day ago'],
    [-6 * D, '6 days ago'],
    [94 * D, 'in 94 days'],
    [-1700 * D, '4 years ago'],
  ])('%i ms', (offset, expected) => expect(relative(at(offset), NOW)).toBe(expected));

  it('says nothing about what is no moment', () => expect(relative('soon', NOW)).toBe(''));
});

describe('dates follow the locale', () => {
  it.each([
    ['en-GB', '30 Sept 2025'],
    ['de', '30.09.2025'],
    ['en-US', 'Sep 30, 2025'],
  ])('%s', (locale, expected) => expect(date('2025-09-30T12:00:00Z', locale)).toBe(expected));

  it('shows an unreadable moment as it came', () => expect(date('whenever')).toBe('whenever'));
  it('names the day of a time only if it is not today', () => {
    expect(clock(at(0), NOW, 'de')).not.toContain('2026');
    expect(clock(at(-3 * D), NOW, 'de')).toContain('2026');
  });
  it('writes UTC to the second', () => expect(utc('2025-09-30T13:57:02.5+02:00')).toBe('2025-09-30 11:57:02 UTC'));
});

describe('the time until a moment', () => {
  it.each([
    [at(5 * S), 5000],
    [at(-5 * S), -5000],
    [null, null],
    ['never', null],
  ])('%s', (moment, expected) => expect(until(moment, NOW)).toBe(expected));
});

describe('characters that cannot be seen are spelled out', () => {
  it.each([
    ['plain text, ünïcode 日本語 💾', 'plain text, ünïcode 日本語 💾'],
    ['evil\u202Eexe.txt', 'evil\\u{202E}exe.txt'],
    ['zero\u200Bwidth\u200D', 'zero\\u{200B}width\\u{200D}'],
    ['\uFEFFbom', '\\u{FEFF}bom'],
    ['bell\u0007', 'bell\\u{0007}'],
    ['esc\u001B[31m', 'esc\\u{001B}[31m'],
    ['del\u007F c1\u0085', 'del\\u{007F} c1\\u{0085}'],
    ['isolate\u2066\u2069', 'isolate\\u{2066}\\u{2069}'],
    ['soft\u00ADhyphen', 'soft\\u{00AD}hyphen'],
    ['tag\u{E0041}', 'tag\\u{E0041}'],
    ['filler\u3164', 'filler\\u{3164}'],
    ['lone\uD800', 'lone\\u{D800}'],
    ['line\u2028sep', 'line\\u{2028}sep'],
    ['selector\uFE0F', 'selector\\u{FE0F}'],
    ['lines\nand\ttabs stay', 'lines\nand\ttabs stay'],
    ['carriage\rreturn', 'carriage\\u{000D}return'],
  ])('%j', (text, expected) => expect(visible(text)).toBe(expected));

  it('marks what was spelled out', () => {
    expect(stretches('a\u202E\u202Db')).toEqual([
      { text: 'a', escaped: false },
      { text: '\\u{202E}\\u{202D}', escaped: true },
      { text: 'b', escaped: false },
    ]);
  });
});

describe('words and figures', () => {
  it.each([
    ['the keychain is locked', 'The keychain is locked.'],
    ['`auth.acme.com` refused the assertion', '`auth.acme.com` refused the assertion.'],
    ['Done.', 'Done.'],
    ['Really?', 'Really?'],
    ['', ''],
    ['the key isn\'t for `it\'s`; use the providers\' own', 'The key isn’t for `it\'s`; use the providers’ own.'],
  ])('makes a sentence of %j', (words, expected) => expect(sentence(words)).toBe(expected));

  it.each([
    [0.3, '0.3\u00a0ms'],
    [1.24, '1.2\u00a0ms'],
    [184.4, '184\u00a0ms'],
    [2100, '2.1\u00a0s'],
  ])('writes %d ms', (ms, expected) => expect(measured(ms)).toBe(expected));

  it.each([
    [1, '1 key'],
    [2, '2 keys'],
    [0, '0 keys'],
  ])('counts %i', (n, expected) => expect(count(n, 'key')).toBe(expected));
});

describe('a sentence of the core’s', () => {
  const moment = '2026-09-30T12:00:00Z';

  it('has its time written where it stands', () => {
    const dated = { before: 'it is valid only from', at: moment, after: ', or your clock is behind' };
    expect(told('it is valid only from 30 September 2026', dated, (at) => date(at, 'de-DE'))).toBe('it is valid only from 30.09.2026, or your clock is behind');
  });

  it('without a time stands as it is', () => expect(told('the key is encrypted', null, date)).toBe('the key is encrypted'));
});

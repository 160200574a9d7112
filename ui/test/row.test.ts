import { describe, expect, it } from 'vitest';
import { environments, serviceUsers } from '../src/gallery/data';
import type { ServiceUserRow } from '../src/lib/bindings';
import { factsOf } from '../src/views/shell/rowFacts';
import { roomOf, shownIn } from '../src/views/shell/rowRoom';
import { rowWords } from '../src/views/shell/rowWords';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function row(change: Partial<ServiceUserRow> = {}): ServiceUserRow {
  const [first] = serviceUsers('e1', 0);
  return { ...first!, keyMissing: false, credentials: 1, keyExpiresAt: null, token: { state: 'none' }, ...change };
}

const busy = row({ keyExpiresAt: '2026-01-06T12:00:00Z', token: { state: 'valid', expiresAt: '2026-01-01T11:59:58Z' } });

describe('the facts of a row', () => {
  it('are said shorter where there is little room', () => {
    expect(factsOf(busy, NOW, false)).toEqual([
      { tone: 'warn', text: 'key: 5 days left', short: 'key: 5 days' },
      { tone: 'ok', text: '12 h left', short: '12 h' },
    ]);
  });

  it.each([
    ['a failed try comes before the token that is left', busy, ['key: 5 days left', 'last attempt failed']],
    ['a missing key says by itself why', row({ keyMissing: true }), ['key missing']],
    ['no key says by itself why', row({ credentialKind: null }), ['no key']],
  ])('%s', (_, of, texts) => expect(factsOf(of, NOW, true).map((fact) => fact.text)).toEqual(texts));
});

describe('the room of a row', () => {
  it.each([
    [19, 'narrow'],
    [20, 'narrow'],
    [24, 'middle'],
    [30, 'middle'],
    [45, 'wide'],
    [0, 'middle'],
  ])('%d rem are %s', (width, room) => expect(roomOf(width)).toBe(room));

  it.each([
    ['narrow', 0, true, '100…8466'],
    ['narrow', 1, false, '1005078…8466'],
    ['middle', 1, false, '1005078…8466'],
    ['middle', 2, false, '100…8466'],
    ['middle', 0, true, '1005078…8466'],
    ['middle', 1, true, '100…8466'],
    ['wide', 4, true, '100507859606888466'],
  ] as const)('%s, %i facts, environment beside it: %j: the id keeps both ends', (room, facts, beside, id) => {
    expect(shownIn(room, '100507859606888466', facts, beside).id).toBe(id);
  });

  it.each([
    ['narrow', 1, false],
    ['narrow', 1, true],
    ['middle', 2, false],
    ['middle', 1, true],
    ['wide', 4, true],
  ] as const)('%s: beside %i facts the id still stands, and not beside one more (environment: %j)', (room, most, beside) => {
    const id = (facts: number) => shownIn(room, '100507859606888466', facts, beside).id !== '';
    expect([id(most), id(most + 1)]).toEqual([true, false]);
  });

  it.each([
    ['middle', 1, false, { short: false, kind: true }],
    ['middle', 2, false, { short: true, kind: true }],
    ['middle', 2, true, { short: true, kind: true }],
    ['middle', 3, true, { short: true, kind: false }],
    ['narrow', 1, true, { short: true, kind: false }],
    ['wide', 4, true, { short: false, kind: true }],
  ] as const)('%s, %i facts, environment beside them: %j: is shared out as %j', (room, facts, beside, shared) => {
    expect(shownIn(room, '1', facts, beside)).toMatchObject(shared);
  });
});

describe('a row is read out', () => {
  it('whole and in words', () => {
    const words = rowWords({ ...busy, name: 'deploy-bot', userId: '100507859606888466', favourite: true, tags: ['ci'] }, undefined, NOW, false);
    expect(words.about).toBe('Favourite, Private key, User id 100507859606888466, key: 5 days left, 12 h left, Tag ci');
  });

  it('with its environment where all are listed', () => {
    const { environment } = environments(false)[0]!;
    const words = rowWords(row({ name: 'deploy-bot' }), { ...environment, name: 'Acme', tier: 'production' }, NOW, false);
    expect(words.about).toContain('Favourite, Acme · Production, ');
    expect(words.environment).toBe('Acme');
  });

  it('with what cannot be seen spelled out', () => {
    const words = rowWords(row({ name: 'pay\u202Eroll', tags: ['a\u200Bb'] }), undefined, NOW, false);
    expect(words.name).toBe('pay\\u{202E}roll');
    expect(words.about).toContain('Tag a\\u{200B}b');
  });
});

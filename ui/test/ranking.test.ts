import { describe, expect, it } from 'vitest';
import { Ranking, ranked } from '../src/lib/ranking';

const ENTRIES = [
  ['Copy token for', 'deploy-bot', 'Acme · Staging'],
  ['Copy token for', 'deploy-bot', 'Acme · Production'],
  ['Open', 'deploy-bot', 'Acme · Production'],
  ['Production'],
  ['Redeploy notes'],
].map((texts, at) => ({ texts, keywords: `10${at} ci` }));

const written = (found: typeof ENTRIES) => found.map(({ texts }) => texts.join(' '));

describe('ranking', () => {
  it.each([
    ['copy token deploy prod', ['Copy token for deploy-bot Acme · Production']],
    ['prod deploy copy', ['Copy token for deploy-bot Acme · Production']],
    ['prod', ['Production', 'Copy token for deploy-bot Acme · Production', 'Open deploy-bot Acme · Production']],
    ['redeploy', ['Redeploy notes']],
    ['DEPLOY-BOT stag', ['Copy token for deploy-bot Acme · Staging']],
    ['deploy bot open', ['Open deploy-bot Acme · Production']],
    ['deplyo open', ['Open deploy-bot Acme · Production']],
    ['pduction', ['Production', 'Copy token for deploy-bot Acme · Production', 'Open deploy-bot Acme · Production']],
    ['103', ['Production']],
    ['1O3', []],
    ['nothing', []],
    ['', written(ENTRIES)],
  ])('finds %j', (query, expected) => expect(written(ranked(ENTRIES, query))).toEqual(expected));

  it('puts the beginning of a word before its middle and keeps ties in order', () =>
    expect(written(ranked(ENTRIES, 'deploy'))).toEqual([...written(ENTRIES).slice(0, 3), 'Redeploy notes']));

  it('gives no more than is asked for', () => expect(new Ranking().best(ENTRIES, 'o', 2)).toHaveLength(2));

  it('finds the same typed letter by letter as at once', () => {
    const ranking = new Ranking();
    const query = 'copy depl prod';
    for (let length = 1; length <= query.length; length += 1) {
      const typed = query.slice(0, length);
      expect(ranking.best(ENTRIES, typed), typed).toEqual(ranked(ENTRIES, typed));
    }
    expect(ranking.best(ENTRIES, 'copy')).toEqual(ranked(ENTRIES, 'copy'));
  });

  it.each([
    ['deploy', ['Copy of deploy-bot', 'Open deploy-bot', 'Copy of redeploy-notes', 'Open redeploy-notes', 'Remove from favourites deploy-bot', 'Remove deploy-bot', 'Remove from favourites redeploy-notes', 'Remove redeploy-notes']],
    ['remove', ['Remove redeploy-notes', 'Remove deploy-bot', 'Remove from favourites redeploy-notes', 'Remove from favourites deploy-bot']],
    ['favourites redep', ['Remove from favourites redeploy-notes']],
    ['nothing deploy', []],
    ['', []],
  ])('finds what can be done with things by both, for %j', (query, expected) => {
    const actions = [{ texts: ['Remove from favourites'] }, { texts: ['Copy of'], usual: true }, { texts: ['Open'], usual: true }, { texts: ['Remove'] }];
    const subjects = [['redeploy-notes'], ['deploy-bot']].map((texts) => ({ thing: { texts }, actions }));
    const found = new Ranking().best([], query, 10, subjects);
    expect(found.map(({ thing, action }) => `${action.texts[0]} ${thing.texts[0]}`)).toEqual(expected);
  });
});

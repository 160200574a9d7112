import { describe, expect, it } from 'vitest';
import { ranked } from '../src/lib/ranking';

const ENTRIES = ['copy token deploy-bot Staging', 'copy token deploy-bot Production', 'open deploy-bot Production', 'Production', 'Redeploy notes'];

describe('the palette finds', () => {
  it.each([
    ['copy token deploy prod', ['copy token deploy-bot Production']],
    ['prod', ['Production', 'copy token deploy-bot Production', 'open deploy-bot Production']],
    ['deploy', ['copy token deploy-bot Staging', 'copy token deploy-bot Production', 'open deploy-bot Production', 'Redeploy notes']],
    ['DEPLOY-BOT stag', ['copy token deploy-bot Staging']],
    ['nothing', []],
    ['', ENTRIES],
  ])('%j', (query, expected) => expect(ranked(ENTRIES, (entry) => entry.toLowerCase(), query, 10)).toEqual(expected));

  it('no more than is asked for', () => expect(ranked(ENTRIES, (entry) => entry, 'o', 2)).toHaveLength(2));
});

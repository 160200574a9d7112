/** What the form over a profile says of its members: each by its place, not by its name alone. */
import { describe, expect, it } from 'vitest';
import { holdsTables, memberHelp } from '../src/lib/strings/profileMembers';

describe('a member', () => {
  it.each([
    [['clockTolerance'], /clock/],
    [['readyToken'], /sent/],
    [['keyFiles', 'rules', '0', 'readyToken'], /in the file/],
    [['recipes', '1', 'add', 'call', 'method'], /HTTP/],
    [['privateKey'], /Begin it in the text/],
    [['keyFiles', 'rules', '0', 'privateKey'], /in the file/],
    [['scopes', 'presets', '2', 'evidence'], /Begin it in the text/],
  ])('is explained where it is: %s', (path, words) => expect(memberHelp(path)).toMatch(words));

  it('of a user’s own isn’t explained', () => expect(memberHelp(['privateKey', 'claims', 'acme_region'])).toBeUndefined());

  it.each([
    [['probe'], true],
    [['keyFiles', 'rules'], true],
    [['keyFiles', 'rules', '0', 'privateKey'], false],
    [['scopes', 'defaults'], false],
  ])('holds tables or doesn’t: %s', (path, tables) => expect(holdsTables(path)).toBe(tables));
});

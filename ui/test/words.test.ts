/** How the page's words are written: typography, and the words that they avoid. */
import { describe, expect, it } from 'vitest';

const sources = import.meta.glob<string>(['../src/lib/strings/*.ts', '!../src/lib/strings/units.ts'], { query: '?raw', import: 'default', eager: true });

/** The texts of a source file, without their expressions. */
function textsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^import .*$/gm, '');
  const quoted = [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)];
  return quoted.map(([, plain, template]) => plain ?? template!.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…'));
}

const texts = Object.entries(sources).flatMap(([file, source]) => textsOf(source).map((text) => `${file.split('/').at(-1)}: ${text}`));

describe('the page’s words', () => {
  it('are found in their files', () => expect(texts.length).toBeGreaterThan(800));

  it.each([
    ['a straight apostrophe', /\p{L}\\?'\p{L}/u],
    ['three dots', /\.\.\./],
    ['a hyphen as a dash', /\s-\s|--/],
    ['“cannot”, where one would say “can’t”', /\bcannot\b/],
    ['an inversion or a metaphor', /\b(all the same|to be had|could not be had|be told|lie about|throw-away|newly tells|is no key|in step with|brought in)\b/],
  ])('have no %s', (_, pattern) => expect(texts.filter((text) => pattern.test(text))).toEqual([]));
});

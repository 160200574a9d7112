/** How the words are written that people read: the page's, those of the core and the shells, and the gallery's samples of them. */
import { describe, expect, it } from 'vitest';

const page = import.meta.glob<string>(['../src/lib/strings/*.ts', '!../src/lib/strings/units.ts'], { query: '?raw', import: 'default', eager: true });
const gallery = import.meta.glob<string>('../src/gallery/**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const components = import.meta.glob<string>(['../src/App.svelte', '../src/{views,parts}/**/*.svelte'], { query: '?raw', import: 'default', eager: true });
const programs = import.meta.glob<string>(
  ['../../crates/mintage-{core,app,agent,cli}/src/**/*.rs', '../../src-tauri/src/**/*.rs', '!**/tests/**', '!**/tests.rs', '!**/testing.rs'],
  { query: '?raw', import: 'default', eager: true },
);

/** The texts of a source file of the page, without their expressions. */
function textsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^import .*$/gm, '');
  const quoted = [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)];
  return quoted.map(([, plain, template]) => plain ?? template!.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…'));
}

/** The texts of a program's source file, without its tests. */
function textsOfRust(source: string): string[] {
  const code = source.split(/#\[cfg\((?:all\()?test/)[0]!.replace(/\/\/.*$/gm, '');
  return [...code.matchAll(/"((?:[^"\\]|\\[\s\S])*)"/g)].map(([, text]) => text!.replace(/\\\n\s*/g, ''));
}

/** What a component says by itself, between its tags or in an attribute that is shown. */
function textsOfMarkup(source: string): string[] {
  let markup = source.replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, '');
  for (let before = ''; before !== markup; ) [before, markup] = [markup, markup.replace(/\{[^{}]*\}/g, '')];
  const shown = [...markup.matchAll(/>([^<]*)<|\b(?:title|label|aria-label|alt|help|note|description)="([^"]*)"/g)];
  return shown.map(([, text, attribute]) => text ?? attribute!).filter((text) => /\p{L}{2}/u.test(text.replaceAll('&nbsp;', '')));
}

function all(files: Record<string, string>, texts: (source: string) => string[]): string[] {
  return Object.entries(files).flatMap(([file, source]) => texts(source).map((text) => `${file.split('/').at(-1)}: ${text}`));
}

const words = all(page, textsOf);
const said = [...words, ...all(gallery, textsOf), ...all(programs, textsOfRust)];

describe('the page’s words', () => {
  it('are found in their files', () => expect(words.length).toBeGreaterThan(800));

  it('are nowhere else', () => {
    expect(Object.keys(components).length).toBeGreaterThan(150);
    expect(all(components, textsOfMarkup)).toEqual([]);
  });

  it.each([
    ['a straight apostrophe', /\p{L}\\?'\p{L}/u],
    ['three dots', /\.\.\./],
    ['a hyphen as a dash', /\s-\s|--/],
    ['“cannot”, where one would say “can’t”', /\bcannot\b|\b(does|do|did|is|are|was|were|has|have|could) not\b/],
  ])('have no %s', (_, pattern) => expect(words.filter((text) => pattern.test(text))).toEqual([]));
});

describe('everything that is said', () => {
  it('is found in its files', () => expect(said.length).toBeGreaterThan(8000));

  it.each([
    ['an inversion', /\b(could(n['’]t| not) be had|to be had|(?<!there )is no (key|id)|told no|knows? no keys?|of a shape that|no longer a favourite|found it gone|look in the console whether)\b/i],
    ['somebody who tells', /\b(be told|not told|told by|newly tells?|tell the makers|whom the token)\b/i],
    ['a metaphor', /\b(all the same|lie about|throw-away|in step with|brought in|what came of|(is|are) worth|is done with its tokens|to settle)\b/i],
    ['a word that the field doesn’t use', /\b(nobody is there|unasked|ready-made token|report a fault)\b/i],
  ])('has no %s', (_, pattern) => expect(said.filter((text) => pattern.test(text))).toEqual([]));
});

/** Every word of the page is in `strings`: shown in a language that nobody speaks, nothing plain is left. */
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { outside, pseudoLocale, pseudoText } from '../src/gallery/pseudo';
import { replaceIpc, type Ipc } from '../src/lib/ipc';
import { localeFor } from '../src/lib/locale';
import { strings } from '../src/lib/strings';
import { units } from '../src/lib/strings/units';

/** What dates are written with, by the system and not by `strings`; names of keys, and of PEM's lines, which nobody translates. */
const OF_THE_SYSTEM = /^(BEGIN|CERTIFICATE|AM|PM|UTC|today|yesterday|tomorrow|Ctrl|Shift|Enter|Del|[A-Z]|\p{L}+day|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\p{L}*|ago|in|at|last|next|now|seconds?|minutes?|hours?|days?|months?|years?)$/iu;

const said = new Set<string>();

function note(value: unknown): void {
  if (typeof value === 'string') for (const word of words(value)) said.add(word.toLowerCase());
  else if (typeof value === 'object' && value !== null) for (const [name, each] of Object.entries(value)) (note(name), note(each));
}

const words = (text: string) => text.match(/\p{L}{2,}/gu) ?? [];

/** A core whose every word is noted, as data is shown as it comes. */
function listening(core: Partial<Ipc>): Partial<Ipc> {
  const calls = Object.entries(core).map(([name, call]) => [
    name,
    async (...all: unknown[]) => {
      note(all);
      // Events come in by functions that are handed over.
      const given = all.map((each) => (typeof each === 'function' ? (...told: unknown[]) => (note(told), (each as (...heard: unknown[]) => unknown)(...told)) : each));
      try {
        const reply = await (call as (...all: unknown[]) => Promise<unknown>)(...given);
        note(reply);
        return reply;
      } catch (thrown) {
        note((thrown as { problem?: unknown }).problem);
        throw thrown;
      }
    },
  ]);
  return Object.fromEntries(calls) as Partial<Ipc>;
}

/** Words on the page that are neither from `strings` nor from the core. */
function foreign(): string[] {
  const found: string[] = [];
  const look = (text: string | null, where: string) => {
    const plain = words(outside(text ?? '')).filter((word) => !said.has(word.toLowerCase()) && !OF_THE_SYSTEM.test(word));
    if (plain.length > 0) found.push(`${where}: ${plain.join(' ')}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !['SCRIPT', 'STYLE'].includes(parent.tagName)) look(walker.currentNode.nodeValue, parent.tagName.toLowerCase());
  }
  for (const element of document.body.querySelectorAll('*')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description']) {
      look(element.getAttribute(name), `${element.tagName.toLowerCase()} ${name}`);
    }
  }
  return [...new Set(found)];
}

describe('the pseudo-locale', () => {
  it('accents letters, lengthens words and marks them', () => expect(pseudoText('Copy token')).toBe('⟦Ćöþŷ ťöķëń·····⟧'));
  it('leaves what holds no letters', () => expect(pseudoText(' · 12')).toBe(' · 12'));
  it('knows what stands outside its marks', () => expect(outside('a ⟦b ⟦c⟧ d⟧ e')).toBe('a  e'));
});

describe('a word that is not in strings', () => {
  it.each([
    ['<p>Hard-coded</p>', ['p: Hard coded']],
    ['<button aria-label="Close it">⟦Ćļöŝë⟧</button>', ['button aria-label: Close it']],
    ['<p>⟦Ćöþŷ⟧ 12:03 AM</p>', []],
  ])('is found in %s', (html, expected) => {
    document.body.innerHTML = html;
    expect(foreign()).toEqual(expected);
    document.body.replaceChildren();
  });
});

describe('dates and numbers', () => {
  it.each([
    [['de-DE', 'en'], 'en-DE'],
    [['de'], 'en-DE'],
    [['en-GB'], 'en-GB'],
    [[], 'en'],
    [['not a locale', 'fr-CA'], 'en-CA'],
  ])('of a system in %j are written as %s', (system, expected) => expect(localeFor(system)).toBe(expected));
});

describe('no view has words of its own', () => {
  const saved = structuredCloneOf(strings);
  const savedUnits = structuredCloneOf(units);
  beforeAll(() => {
    pseudoLocale(strings);
    pseudoLocale(units);
  });
  afterAll(() => {
    Object.assign(strings, saved);
    Object.assign(units, savedUnits);
  });
  beforeEach(() => {
    said.clear();
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  });

  async function open(scene: string, ...steps: string[]) {
    replaceIpc(listening(fakeCore(scene)));
    render(App);
    await screen.findAllByTestId('open-palette');
    for (const step of steps) {
      const [testid = '', index = '0'] = step.split(':');
      const all = await screen.findAllByTestId(testid);
      await userEvent.click(all[Number(index)]!);
    }
  }

  it.each([
    ['the first run', 'first', []],
    ['a locked keychain', 'locked', []],
    ['no keychain', 'absent', []],
    ['a catalogue that does not open', 'broken', []],
    ['the list', 'users', ['rail-env:1', 'row:1']],
    ['the list’s order', 'users', ['rail-env:1', 'sort']],
    ['scopes to add', 'users', ['rail-env:1', 'row:1', 'add-scope']],
    ['copy forms', 'users', ['rail-env:1', 'row:1', 'copy-as']],
    ['a revealed token', 'users', ['rail-env:1', 'row:1', 'reveal']],
    ['claims', 'users', ['rail-env:1', 'row:1', 'tab-claims']],
    ['userinfo', 'users', ['rail-env:1', 'row:1', 'tab-userinfo']],
    ['credentials', 'users', ['rail-env:1', 'row:2', 'tab-credentials']],
    ['a record', 'users', ['rail-env:1', 'row:1', 'tab-activity']],
    ['renaming', 'users', ['rail-env:1', 'row:1', 'user-menu', 'rename']],
    ['forgetting', 'users', ['rail-env:1', 'row:1', 'user-menu', 'forget-user']],
    ['a refused token', 'users', ['rail-env:3', 'row-copy', 'confirm-production']],
    ['the question before production', 'users', ['rail-env:2', 'row-copy']],
    ['the Inspector', 'users', ['rail-inspector', 'inspector-clipboard']],
    ['the difference of two', 'users', ['rail-inspector', 'inspector-two']],
    ['the whole record', 'users', ['rail-activity', 'activity-export']],
    ['settings', 'users', ['rail-settings']],
    ['the palette', 'users', ['open-palette']],
    ['a new environment', 'users', ['add-environment']],
    ['removing an environment', 'users', ['rail-env:1', 'environment-menu', 'forget-environment']],
    ['an import', 'drop', ['import-sheet']],
  ])('%s', async (_, scene, steps) => {
    await open(scene, ...steps);
    await waitFor(() => expect(document.querySelector('[aria-busy="true"]:not([data-testid="row-copy"], [data-testid="copy-token"])')).toBeNull());
    expect(document.body.textContent).toContain('⟦');
    expect(foreign()).toEqual([]);
  });
});

/** A copy that keeps functions, which the platform's own copying refuses. */
function structuredCloneOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(structuredCloneOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, structuredCloneOf(each)])) as T;
}

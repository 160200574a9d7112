/**
 * The page without its core, for viewing in any browser during development; never part of a build.
 *
 * `/gallery.html?theme=dark&scene=many&steps=row,tab-credentials`: a scene chooses the data, steps
 * are test ids that are clicked one after the other (`row:2` for the third of its kind, `key=Escape`
 * presses a key, `type=text` fills the field that has the focus, `pick=2` chooses in a focused list, `see=problem` waits for one,
 * `right=row` opens the menu there, `add=row:1` clicks with Ctrl).
 * `page=parts` shows every part in every state instead, `locale=pseudo` a language that nobody speaks.
 */
import './freeze';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import '../styles/tokens.css';
import '../styles/base.css';

import { mount } from 'svelte';
import App from '../App.svelte';
import { replaceIpc } from '../lib/ipc';
import { applyTheme } from '../lib/theme';
import { strings } from '../lib/strings';
import { units } from '../lib/strings/units';
import { fakeCore } from './core';
import Catalogue from './parts/Catalogue.svelte';
import { pseudoLocale } from './pseudo';

const wanted = new URLSearchParams(location.search);
const theme = wanted.get('theme');
applyTheme(theme === 'dark' || theme === 'light' ? theme : 'system');
replaceIpc(fakeCore(wanted.get('scene') ?? 'users'));

if (wanted.get('locale') === 'pseudo') {
  pseudoLocale(strings);
  pseudoLocale(units);
}

const target = document.getElementById('app');
if (target) mount(wanted.get('page') === 'parts' ? Catalogue : App, { target });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function find(testid: string, index: number): Promise<HTMLElement | undefined> {
  for (let tries = 0; tries < 40; tries += 1) {
    const found = document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)[index];
    if (found) return found;
    await pause(50);
  }
  console.error(`no ${testid}:${index}`);
  return undefined;
}

function fill(text: string) {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function pick(index: number) {
  const list = document.activeElement;
  if (!(list instanceof HTMLSelectElement)) return;
  list.selectedIndex = index;
  list.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Opens an element's own menu, or adds it to the selection. */
function pressOtherwise(element: HTMLElement, how: 'right' | 'add') {
  const { left, top } = element.getBoundingClientRect();
  const at = { bubbles: true, cancelable: true, clientX: left + 24, clientY: top + 12 };
  element.dispatchEvent(new MouseEvent(how === 'right' ? 'contextmenu' : 'click', { ...at, ctrlKey: how === 'add' }));
}

function press(element: HTMLElement) {
  // Menus open on pointerdown, tabs and buttons on click.
  const down = { bubbles: true, button: 0, pointerType: 'mouse' };
  element.dispatchEvent(new PointerEvent('pointerdown', down));
  element.dispatchEvent(new PointerEvent('pointerup', down));
  element.focus();
  if (!element.hasAttribute('aria-haspopup')) element.click();
}

for (const step of (wanted.get('steps') ?? '').split(',').filter(Boolean)) {
  await pause(120);
  if (step.startsWith('key=')) {
    const key = step.slice(4);
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  } else if (step.startsWith('pick=')) {
    pick(Number(step.slice(5)));
  } else if (step.startsWith('see=')) {
    await find(step.slice(4), 0);
  } else if (step.startsWith('right=') || step.startsWith('add=')) {
    const [how, testid = '', index = '0'] = step.split(/[=:]/);
    const element = await find(testid, Number(index));
    if (element) pressOtherwise(element, how as 'right' | 'add');
  } else if (step.startsWith('type=')) {
    fill(step.slice(5));
  } else {
    const [testid = '', index = '0'] = step.split(':');
    const element = await find(testid, Number(index));
    if (element) press(element);
  }
}
// Screenshots wait for this.
document.documentElement.dataset['ready'] = 'true';

/** Keyboard shortcuts: how they are written, and whether a key press is one. */

/** Whether this is macOS, whose keyboards and menus have signs for keys. */
export const MAC = /Mac/.test(navigator.userAgent);

/** A shortcut: modifiers and one key, for example `Mod+Shift+C`; `Mod` is Ctrl, on a Mac ⌘. */
export type Keys = string;

/** How names of keys are written. */
const WRITTEN: Record<string, string> = { Mod: 'Ctrl', Delete: 'Del', ArrowUp: '↑', ArrowDown: '↓', ' ': 'Space' };

/** The same on macOS, which has signs for modifiers. */
const ON_MACOS: Record<string, string> = { ...WRITTEN, Mod: '⌘', Shift: '⇧', Backspace: '⌫' };

/** The keys of every action that has some, in one place, so that no two mean different things. */
export const KEYS = {
  palette: 'Mod+K',
  shortcuts: '?',
  help: 'F1',
  settings: 'Mod+,',
  search: '/',
  find: 'Mod+F',
  import: 'Mod+O',
  paste: 'Mod+V',
  addEnvironment: 'Mod+N',
  inspector: 'Mod+I',
  undo: 'Mod+Z',
  quit: 'Mod+Q',
  larger: 'Mod++',
  smaller: 'Mod+-',
  actualSize: 'Mod+0',
  copy: 'Enter',
  copyToken: 'Mod+C',
  copyHeader: 'Mod+Shift+C',
  copyCurl: 'Mod+Shift+L',
  mint: 'Mod+M',
  rename: 'F2',
  favourite: 'F',
  // A MacBook has no Delete, and its Finder moves files to the bin with this.
  remove: MAC ? 'Mod+Backspace' : 'Delete',
  select: 'Mod+A',
  extend: 'Shift+ArrowDown',
} as const satisfies Record<string, Keys>;

/** Writes a shortcut as it stands on keyboards: `Ctrl Shift C`, and `⇧ ⌘ C` on macOS, where ⌘ is the last modifier. */
export function written(keys: Keys, mac = MAC): string {
  const { modifiers, key } = read(keys);
  const names = mac ? ON_MACOS : WRITTEN;
  return [...(mac ? modifiers.reverse() : modifiers), key].map((name) => names[name] ?? name).join(' ');
}

/** A shortcut's parts. The plus of a zoom key is a key. */
function read(keys: Keys): { modifiers: string[]; key: string } {
  const parts = keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+');
  return { modifiers: parts.slice(0, -1), key: parts.at(-1)! };
}

/** What opens the palette. */
export const FIND = written(KEYS.palette);

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Whether a key press is a shortcut. A character that needs Shift on some keyboards is that character alone. */
export function isPressed(event: Pressed, keys: Keys): boolean {
  const { modifiers, key } = read(keys);
  const mod = event.ctrlKey || event.metaKey;
  const letter = /^\p{L}$/u.test(key);
  const shift = modifiers.includes('Shift');
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    mod === modifiers.includes('Mod') &&
    !event.altKey &&
    (letter || key.length > 1 ? event.shiftKey === shift : true)
  );
}

/** Whether a key press writes into a field, so that it means nothing else. */
export function isTyping({ target }: Event): boolean {
  return target instanceof HTMLElement && target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]') !== null;
}

/** Whether a dialog or a menu is open, which has the keyboard for itself. */
export function isCovered(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
}

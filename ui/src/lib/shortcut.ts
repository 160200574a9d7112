/** Shortcuts as the core keeps them: names of modifiers and one key by its place, `Control+Shift+KeyM`. */

import { MAC } from './keys';

/** Keys that change others and are none by themselves. */
const MODIFIERS = ['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'Super', 'OS', 'CapsLock', 'NumLock', 'Fn'];

/** What names of keys are on screen. */
const WRITTEN: Record<string, string> = { Control: 'Ctrl', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' };

/** The same on macOS, which has signs for modifiers. */
const ON_MACOS: Record<string, string> = { ...WRITTEN, Control: '⌃', Alt: '⌥', Shift: '⇧', Super: '⌘' };

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

/** The shortcut that was pressed; null while only modifiers are. */
export function pressed(event: Pressed): string | null {
  if (MODIFIERS.includes(event.key) || !event.code) return null;
  const held: [boolean, string][] = [
    [event.ctrlKey, 'Control'],
    [event.altKey, 'Alt'],
    [event.shiftKey, 'Shift'],
    [event.metaKey, 'Super'],
  ];
  const names = held.filter(([is]) => is).map(([, name]) => name);
  return [...names, event.code].join('+');
}

/** Writes a shortcut as keyboards do: `Ctrl + Shift + M`, and `⌃ ⇧ M` on macOS. */
export function written(keys: string, mac = MAC): string {
  const names = mac ? ON_MACOS : WRITTEN;
  const name = (key: string) => names[key] ?? key.replace(/^(Key|Digit)(?=.$)/, '');
  return keys.split('+').map(name).join(mac ? ' ' : ' + ');
}

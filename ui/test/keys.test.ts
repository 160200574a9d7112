/** Keys as they are written and pressed, here and on a Mac. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isPressed, KEYS, written } from '../src/lib/keys';

const press = (key: string, held: { ctrlKey?: boolean; metaKey?: boolean; shiftKey?: boolean } = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('a shortcut', () => {
  it.each([
    ['Mod+Shift+C', 'Ctrl Shift C', '⇧ ⌘ C'],
    ['Mod++', 'Ctrl +', '⌘ +'],
    ['Mod+Backspace', 'Ctrl Backspace', '⌘ ⌫'],
    ['Shift+ArrowDown', 'Shift ↓', '⇧ ↓'],
    ['Delete', 'Del', 'Del'],
  ])('%s is written %s, and %s on macOS', (keys, expected, onMac) => {
    expect([written(keys, false), written(keys, true)]).toEqual([expected, onMac]);
  });

  it.each([
    ['Mod+Shift+C', press('C', { ctrlKey: true, shiftKey: true }), true],
    ['Mod+C', press('C', { ctrlKey: true, shiftKey: true }), false],
    ['Mod++', press('+', { metaKey: true, shiftKey: true }), true],
    ['Delete', press('Delete'), true],
    ['Delete', press('Backspace'), false],
  ])('%s by %o: %s', (keys, event, expected) => expect(isPressed(event, keys)).toBe(expected));
});

describe('on a Mac', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('a service user is removed with a key that every keyboard has, as the Finder removes a file', async () => {
    expect(KEYS.remove).toBe('Delete');
    vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)' });
    vi.resetModules();
    const mac = await import('../src/lib/keys');
    expect(mac.isPressed(press('Backspace', { metaKey: true }), mac.KEYS.remove)).toBe(true);
    expect(mac.isPressed(press('Backspace'), mac.KEYS.remove)).toBe(false);
  });
});

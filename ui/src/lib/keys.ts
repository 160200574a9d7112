/** How keys are written on this system. */

/** What opens the palette. */
export const FIND = /Mac/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

/** What opens the settings. */
export const SETTINGS = FIND.replace('K', ',');

/** Whether a key press writes into a field, so that it means nothing else. */
export function isTyping({ target }: Event): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}

/** Whether a key press asks for the settings: Ctrl (⌘) and a comma, as elsewhere on the desktop. */
export function asksForSettings(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === ',';
}

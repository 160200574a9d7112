/** How keys are written on this system. */

/** What opens the palette. */
export const FIND = /Mac/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';

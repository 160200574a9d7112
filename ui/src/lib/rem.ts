/** The length of a rem in pixels: it grows with the text size of the system. */
export function rem(): number {
  // Without a page, as in tests of what needs none, it is what browsers begin with.
  return (typeof getComputedStyle === 'function' && parseFloat(getComputedStyle(document.documentElement).fontSize)) || 16;
}

/** The colour theme: the system's, unless the user chose one. Kept by the page because it's no secret. */

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';

/** Reads the chosen theme; anything unknown counts as the system's. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Applies a theme to the document and remembers it. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') {
    delete root.dataset['theme'];
    localStorage.removeItem(KEY);
  } else {
    root.dataset['theme'] = theme;
    localStorage.setItem(KEY, theme);
  }
}

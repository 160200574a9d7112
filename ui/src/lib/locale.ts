/**
 * The language of the words, and the region whose dates and numbers go with them. Words are English
 * until there is a translation; a German desktop gets English words with its own order of day and month.
 */

/** The language that `strings` is written in. */
export const LANGUAGE = 'en';

/** The locale for dates and numbers: the page's language in the system's region. */
export function localeFor(system: readonly string[]): string {
  const region = system.map(regionOf).find(Boolean);
  return region ? `${LANGUAGE}-${region}` : LANGUAGE;
}

function regionOf(tag: string): string | undefined {
  try {
    // `de` alone means Germany to CLDR, as `en` means the United States.
    return new Intl.Locale(tag).maximize().region;
  } catch {
    return undefined;
  }
}

/** The locale of this page. */
export const locale = localeFor(typeof navigator === 'undefined' ? [] : navigator.languages);

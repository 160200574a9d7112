import type { NewPlace } from './newPlace.svelte';

/** The first field that has to be filled in and is not, among those of a part of the sheet. */
export function firstEmpty(within: HTMLElement): HTMLInputElement | null {
  const required = within.querySelectorAll<HTMLInputElement>('input[aria-required="true"]');
  return [...required].find((field) => field.value === '') ?? null;
}

/** An element of the page by its name in tests. */
export function named(testid: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
}

/** The field of an environment under way that has to be filled in or chosen next. */
export function lackingOf(place: NewPlace): HTMLElement | null {
  const { lacks } = place;
  const field = lacks === 'issuer' ? 'place-issuer' : lacks === 'provider' ? 'place-provider' : lacks === 'tier' ? 'place-tier-development' : null;
  return field && named(field);
}

/** The first field that has to be filled in and is not, among those of a part of the sheet. */
export function firstEmpty(within: HTMLElement): HTMLInputElement | null {
  const required = within.querySelectorAll<HTMLInputElement>('input[aria-required="true"]');
  return [...required].find((field) => field.value === '') ?? null;
}

/**
 * Ctrl+V (⌘V) where no field would take it, or none should: the core is asked to read the clipboard, not
 * the page.
 */
import { openDialogs } from './keys';

/** Whether a key press asks to paste outside any field. */
export function pastesOutside(event: KeyboardEvent): boolean {
  const wanted = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'v';
  return wanted && !event.defaultPrevented && !isField(event.target);
}

/**
 * Whether a text holds a private key: PEM (RFC 7468), bare or within JSON, or a JWK (RFC 7517 §9.3). Decided here
 * because a paste can only be kept out of a field before its event ends, which is too soon for the core to answer; what
 * the key really is, the core then reads from the clipboard.
 */
export function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) || (/"kty"\s*:/.test(text) && /"d"\s*:\s*"/.test(text));
}

/** Whether a dialog other than the one named by its test id is open. */
export function otherDialogOpen(testid: string): boolean {
  return openDialogs().some((dialog) => dialog.getAttribute('data-testid') !== testid);
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

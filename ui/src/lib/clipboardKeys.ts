/**
 * Keys that copy or cut. With nothing selected, the web view would put nothing on the clipboard in place of what is
 * there; so they are kept from it.
 */

/** What a key press copies: what is selected, or else nothing; null if it is no such key. */
export function copies(event: KeyboardEvent): 'selection' | 'nothing' | null {
  const mod = (event.ctrlKey || event.metaKey) && !event.altKey;
  const key = event.key.toLowerCase();
  const wanted = (mod && !event.shiftKey && ['c', 'x', 'insert'].includes(key)) || (event.shiftKey && !mod && key === 'delete');
  if (!wanted) return null;
  return hasSelection() ? 'selection' : 'nothing';
}

/** Whether text is selected, in a field or in the page. */
export function hasSelection(): boolean {
  const field = document.activeElement;
  if (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && isText(field))) {
    return field.selectionStart !== field.selectionEnd;
  }
  return selectedText() !== '';
}

/** The text that is selected in the page. */
export function selectedText(): string {
  return document.getSelection()?.toString() ?? '';
}

function isText(field: HTMLInputElement): boolean {
  return ['text', 'search', 'url', 'password', 'email', 'tel'].includes(field.type);
}

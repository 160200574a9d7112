/**
 * Keeps the keyboard somewhere sensible: where the element that has it goes away or is turned off, the nearest control
 * around its place takes it up, and in an area that has the list, its row. Whoever moves it on purpose, or clicks beside everything, is left alone.
 */
import { openDialogs } from './keys';

const CONTROLS = 'button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/** Starts keeping; the reply ends it. `last` names where to go once all that is left around has one of them, the best first. */
export function keepFocus(last: readonly string[]): () => void {
  /** What has the keyboard and all around it, from the inside. */
  let path: Element[] = [];
  let checking = false;

  const remember = ({ target }: FocusEvent) => {
    path = [];
    for (let each = target instanceof Element ? target : null; each; each = each.parentElement) path.push(each);
  };

  /** A control that is there and usable was left on purpose. */
  const forget = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && isUsable(target)) path = [];
  };

  const check = () => {
    if (checking || path.length === 0 || document.activeElement !== document.body) return;
    checking = true;
    // Dialogs and menus give the keyboard back by themselves, a moment after they are gone.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        checking = false;
        if (document.activeElement !== document.body || path.length === 0) return;
        place(path, last)?.focus();
      }),
    );
  };

  const observer = new MutationObserver(check);
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled', 'hidden', 'data-pane'] });
  document.addEventListener('focusin', remember);
  document.addEventListener('focusout', forget);
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', remember);
    document.removeEventListener('focusout', forget);
  };
}

function place(path: Element[], last: readonly string[]): HTMLElement | null {
  const open = openDialogs().at(-1);
  if (open && !open.contains(path.find((each) => each.isConnected) ?? null)) return controlIn(open);
  // Those that are no longer in the page have no place in it; the whole page is no place near.
  const around = path.filter((each) => each.isConnected && each !== document.body && each !== document.documentElement && each.id !== 'app');
  for (const each of around) {
    const found = lastIn(each, last) ?? controlIn(each);
    if (found) return found;
  }
  return lastIn(document, last);
}

function lastIn(area: ParentNode, last: readonly string[]): HTMLElement | null {
  return last.flatMap((selector) => [...area.querySelectorAll<HTMLElement>(selector)]).find(isUsable) ?? null;
}

function controlIn(element: Element): HTMLElement | null {
  return [...element.querySelectorAll<HTMLElement>(CONTROLS)].find((each) => isUsable(each) && !choosesByFocus(each)) ?? null;
}

/** A tab that isn't shown would be by the keyboard alone. */
function choosesByFocus(element: HTMLElement): boolean {
  return element.matches('[role="tab"]:not([aria-selected="true"])');
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(':disabled') && element.getClientRects().length > 0;
}

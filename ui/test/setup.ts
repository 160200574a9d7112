import { cleanup, configure } from '@testing-library/svelte';
import { afterAll, afterEach, vi } from 'vitest';

// How long a missing element is waited for; what is there is found at once.
configure({ asyncUtilTimeout: 10_000 });

// jsdom lays nothing out, so no size ever changes there.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// It has no dialogs of its own either: an open one has its mark, as in a browser.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};

// Neither does anything scroll.
Element.prototype.scrollIntoView ??= () => undefined;

afterEach(async () => {
  cleanup();
  // What the page keeps is for its next start, not for the next test.
  localStorage.clear();
  // Dialogs and menus give focus back in a later task; the next test must not see that.
  await new Promise((resolve) => setTimeout(resolve, 0));
});

// A view that is loaded when it is first shown may still be on its way, and has no page to arrive in afterwards.
afterAll(() => vi.dynamicImportSettled());

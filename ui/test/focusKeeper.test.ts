/** Where the keyboard goes when the element that has it goes away. */
import { waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepFocus } from '../src/lib/focusKeeper';

describe('the keyboard', () => {
  let end = () => undefined as void;
  beforeEach(() => {
    // jsdom lays nothing out, so that nothing would be seen.
    vi.spyOn(Element.prototype, 'getClientRects').mockReturnValue([new DOMRect()] as unknown as DOMRectList);
    end = keepFocus(['.row']);
  });
  afterEach(() => {
    end();
    document.body.innerHTML = '';
    vi.restoreAllMocks();
  });

  /** Draws a page, gives the keyboard to its marked button, and takes a part of it away. */
  function lose(page: string, part: string) {
    document.body.innerHTML = `<div id="app">${page}</div>`;
    document.querySelector<HTMLElement>('[data-had]')!.focus();
    document.querySelector(part)!.remove();
  }
  const at = () => document.activeElement?.textContent;

  it('goes to the nearest control around its place', async () => {
    lose('<main><button class="row">row</button><aside><button>beside</button><p><button data-had>gone</button></p></aside></main>', 'p');
    await waitFor(() => expect(at()).toBe('beside'));
  });

  it('goes to the list where the pane beside it is gone, not to the first control before', async () => {
    lose('<main><button>menu</button><button class="row">row</button><aside><button data-had>gone</button></aside></main>', 'aside');
    await waitFor(() => expect(at()).toBe('row'));
  });
});

import { cleanup } from '@testing-library/svelte';
import { afterEach } from 'vitest';

afterEach(async () => {
  cleanup();
  // Dialogs and menus give focus back in a later task; the next test must not see that.
  await new Promise((resolve) => setTimeout(resolve, 0));
});

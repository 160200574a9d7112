import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The oldest engines of the supported desktops: WebKitGTK 2.46, macOS 12's Safari, WebView2.
const engines = ['safari17.5', 'chrome123'];

/** The page without its core, for looking at: `npm run gallery` builds it into a folder of its own. */
const galleryOnly: Plugin = {
  name: 'gallery-policy',
  // Only the development server writes styles into the page; what is built lives under the app's policy.
  transformIndexHtml: (html, { server }) => (server ? html : html.replace(" 'unsafe-inline'", '').replace(' ws:', '')),
};

export default defineConfig(({ mode }) => ({
  // In tests Svelte would resolve to its server build; the second plugin sees to that.
  plugins: [svelte(), svelteTesting({ autoCleanup: false }), galleryOnly],
  // Tauri shows its own messages in the same terminal.
  clearScreen: false,
  // Tests read the words of the core and the shells, beside this folder.
  server: { port: 5173, strictPort: true, ...(mode === 'test' && { fs: { allow: ['..'] } }) },
  build: {
    ...(mode === 'gallery' && { outDir: 'dist-gallery' }),
    target: engines,
    cssTarget: engines,
    // Fonts stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    // What several parts need is one file: forty small ones, each a request, took longer than their size.
    rolldownOptions: {
      ...(mode === 'gallery' && { input: 'gallery.html' }),
      output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    restoreMocks: true,
    // Whole-window tests on a busy machine; no test waits for time to pass.
    testTimeout: 60_000,
  },
}));

/** SHELL: how the app is built; the service worker is built last, because it lists what was built before it. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { serviceWorker } from './build/service_worker.ts';
import packageFacts from './package.json' with { type: 'json' };

const BACKEND = process.env['XUNFANG_BACKEND'] ?? 'http://127.0.0.1:8000';
/** The host stays as the browser wrote it: the server's CSRF check compares it with the page's origin. */
const proxy = Object.fromEntries(
  ['/api', '/_allauth', '/tiles', '/admin', '/static'].map((path) => [
    path,
    { target: BACKEND, changeOrigin: false },
  ]),
);

export default defineConfig({
  plugins: [svelte(), serviceWorker()],
  define: { __APP_VERSION__: JSON.stringify(packageFacts.version) },
  build: {
    target: 'es2022',
    // The policy forbids data: scripts and styles; small files cost one request from the precache.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // What Today needs comes as one file: forty small ones took a slow phone longer to ask for than to read.
        codeSplitting: { groups: [{ name: 'today', tags: ['$initial'] }] },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts', 'tests/**/*.test.ts'], setupFiles: ['fake-indexeddb/auto'] },
});

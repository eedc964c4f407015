import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, type ProxyOptions } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the server: `cargo run` starts it there. */
const server = process.env['PARLOR_SERVER'] ?? 'http://127.0.0.1:8080';

/** The server checks where unsafe requests come from, so a request that is passed on says it comes from there. */
function passOn(): ProxyOptions {
  return {
    target: server,
    changeOrigin: true,
    ws: true,
    headers: { origin: server },
  };
}

export default defineConfig({
  plugins: [svelte()],
  // The client is compiled from its source, so that a change in it shows at once and nothing has to be built first.
  resolve: {
    conditions: ['parlor-source', ...(process.env['VITEST'] ? ['browser'] : []), ...defaultClientConditions],
  },
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The policy for content forbids data addresses for fonts, and a small file costs nothing on one connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': passOn(), '/docs': passOn() },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    // Its own components are Svelte files too: they have to be compiled.
    server: { deps: { inline: [/@testing-library\/svelte/] } },
  },
});

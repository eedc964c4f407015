import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, type Plugin, type ProxyOptions } from 'vite';
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

/** The fonts that every screen shows at once are asked for with the page, not only once the styles are read. */
function preloadFonts(): Plugin {
  const atOnce = /(hanken-grotesk-latin-wght-normal|newsreader-latin-500-normal)-[^/]+\.woff2$/;
  return {
    name: 'parlor-preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => atOnce.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${file}` },
            injectTo: 'head',
          })),
    },
  };
}

export default defineConfig({
  plugins: [svelte(), preloadFonts()],
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
    // All styles come with the page: those of a chunk that came late would move what is there, and the loader never
    // asks a second time for a style sheet that did not come.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // One file for the first screen: cut in pieces, it compresses worse.
            { name: 'app', tags: ['$initial'], priority: 2 },
            // What several chunks use and the first screen does not.
            { name: 'shared', minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
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
    // Each file cleans up after itself. To make a document anew for each takes three times as long as all tests.
    isolate: false,
    // Its own components are Svelte files too: they have to be compiled.
    server: { deps: { inline: [/@testing-library\/svelte/] } },
  },
});

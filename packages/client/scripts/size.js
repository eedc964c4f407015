// Bundles the package as an application would, and fails if it outgrew its budget.
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const BUDGET = 13_000;
const BINARY_BUDGET = 3_000;

const built = await build({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'warn',
  build: {
    write: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'client' },
    minify: true,
    target: 'es2023',
    rollupOptions: { output: { minify: true } },
  },
});
const chunks = [built].flat().flatMap((bundle) => bundle.output.filter((output) => output.type === 'chunk'));
const size = (wanted) =>
  chunks
    .filter((chunk) => chunk.isDynamicEntry === wanted)
    .reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0);

let failed = false;
for (const [name, bytes, budget] of [
  ['@parlor/client', size(false), BUDGET],
  ['its binary encoding, fetched by who asks for it', size(true), BINARY_BUDGET],
]) {
  console.log(`${name}: ${bytes} bytes (gzip) of ${budget}`);
  if (bytes <= budget && bytes > 1000) continue;
  failed = true;
  console.error(bytes > budget ? 'It is larger than its budget.' : 'The bundle is empty.');
}
if (failed) process.exit(1);

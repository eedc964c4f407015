// Bundles the package as an application would, and fails if it outgrew its budget.
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const BUDGET = 12_000;

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
const outputs = [built].flat().flatMap((bundle) => bundle.output);
const code = outputs.map((output) => output.code ?? '').join('');
const size = gzipSync(code, { level: 9 }).length;
console.log(`@parlor/client: ${size} bytes (gzip) of ${BUDGET}`);
if (size > BUDGET || code.length < 1000) {
  console.error(size > BUDGET ? 'The package is larger than its budget.' : 'The bundle is empty.');
  process.exit(1);
}

// Measures what a first visit loads and fails when it passes the budget. Run after `vite build`.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, '../dist');
const html = readFileSync(join(folder, 'index.html'), 'utf8');
const linked = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);

/** The fonts that the first paint of any screen uses; the others load when their glyphs appear. */
const firstPaintFonts = /(hanken-grotesk-latin-wght-normal|newsreader-latin-500-normal)/;

const styles = linked.filter((path) => path.endsWith('.css'));
const css = styles.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
const fonts = [
  ...new Set([...css.matchAll(/url\((\/assets\/[^)]+\.woff2)\)/g)].map((match) => match[1])),
].filter((path) => firstPaintFonts.test(path));

/** A chunk with all that it imports and that is not there already. */
function chunk(name, known) {
  const files = readdirSync(join(folder, 'assets'));
  const found = files.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.js'));
  if (found.length !== 1) throw new Error(`Expected one chunk called ${name}, found ${found.length}.`);
  const all = new Set(found.map((file) => `/assets/${file}`));
  for (const path of all) {
    const source = readFileSync(join(folder, path), 'utf8');
    for (const [, file] of source.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      all.add(`/assets/${file}`);
  }
  return [...all].filter((path) => !known.includes(path));
}

const scripts = linked.filter((path) => path.endsWith('.js'));
const zipped = (paths) =>
  paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);
const rows = [
  ['entry script, gzip', zipped(scripts), 58_000],
  ['first visit to a room', zipped([...scripts, ...chunk('room', scripts)]), 83_000],
  ['first visit to sign in', zipped([...scripts, ...chunk('signed-out', scripts)]), 70_000],
  ['entry CSS, gzip', zipped(styles), 14_000],
  [
    'fonts of the first paint',
    fonts.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0),
    70_000,
  ],
];

let failed = false;
for (const [name, bytes, budget] of rows) {
  const over = bytes > budget;
  failed ||= over;
  const size = `${(bytes / 1000).toFixed(1)} kB of ${(budget / 1000).toFixed(0)} kB`;
  console.log(`${over ? 'OVER  ' : 'within'}  ${String(name).padEnd(26)} ${size}`);
}
if (fonts.length !== 2) {
  failed = true;
  console.error(`Expected two fonts for the first paint, found ${fonts.length}: ${fonts.join(', ')}`);
}
if (failed) process.exit(1);

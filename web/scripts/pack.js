// Packs a built client for the server: reads every file of a folder, compresses what gets smaller, and writes a table
// of Rust values for the crate that embeds it. Usage: node pack.js <built folder> <folder for the result>

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
/** Formats that are compressed in themselves. */
const compact = new Set(['.png', '.woff2']);

const [built, result] = process.argv.slice(2).map((argument) => resolve(argument));
if (!built || !result) throw new Error('usage: node pack.js <built folder> <folder for the result>');
const packed = join(result, 'packed');
mkdirSync(packed, { recursive: true });

const rust = (text) => JSON.stringify(text);
const include = (path) => `include_bytes!(${rust(path)})`;

function entry(file, index) {
  const path = `/${relative(built, file).split(sep).join('/')}`;
  const extension = extname(file);
  const mime = types[extension];
  if (!mime) throw new Error(`pack.js knows no media type for ${path}: add it to the list`);
  const bytes = readFileSync(file);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  let brotli = 'None';
  if (!compact.has(extension)) {
    const smaller = brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    if (smaller.length < bytes.length) {
      const target = join(packed, `${index}.br`);
      writeFileSync(target, smaller);
      brotli = `Some(${include(target)})`;
    }
  }
  // Vite puts the hash of the content into the names of what lies in /assets, so that those never change.
  const immutable = path.startsWith('/assets/');
  return (
    `    Asset { path: ${rust(path)}, mime: ${rust(mime)}, etag: ${rust(etag)}, ` +
    `bytes: ${include(file)}, brotli: ${brotli}, immutable: ${immutable} },`
  );
}

const files = readdirSync(built, { recursive: true, withFileTypes: true })
  .filter((item) => item.isFile())
  .map((item) => join(item.parentPath, item.name));
// Sorted by bytes, as Rust compares texts, because the table is searched by halving.
files.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
const lines = ['&[', ...files.map(entry), ']'];
writeFileSync(join(result, 'assets.rs'), `${lines.join('\n')}\n`);

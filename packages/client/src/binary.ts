// The compact encoding of frames: MessagePack with numbers for known keys and types, and short forms of ids and times.
//
// The format is described with its numbers in crates/parlor-protocol/src/binary.rs; the tables are generated from there.

import { BINARY_ID_PREFIXES, BINARY_KEYS, BINARY_TYPES } from './binary-tables.ts';

/** How deep lists and maps may be nested. */
const MAX_DEPTH = 127;
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_BYTES = 16;
const WORD = 2 ** 32;

const keyNumbers = new Map<string, number>(BINARY_KEYS.map((key, number) => [key, number]));
const typeNumbers = new Map<string, number>(BINARY_TYPES.map((name, number) => [name, number]));

/** Encodes what `JSON.stringify` would, with the same meaning. */
export function encodeBinary(value: unknown): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  write(out, value, 0);
  return Uint8Array.from(out);
}

/** Decodes one value; throws if the bytes are anything else. */
export function decodeBinary(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.left > 0) fail();
  return value;
}

function fail(): never {
  throw new SyntaxError('A binary frame is broken.');
}

function write(out: number[], value: unknown, depth: number): void {
  if (typeof value === 'string') writeText(out, value);
  else if (typeof value === 'number') writeNumber(out, value);
  else if (typeof value === 'boolean') out.push(value ? 0xc3 : 0xc2);
  else if (typeof value !== 'object' || value === null) out.push(0xc0);
  else if (depth === MAX_DEPTH) fail();
  else if (Array.isArray(value)) {
    head(out, value.length, 0x90, 15, [0, 0xdc, 0xdd]);
    for (const one of value) write(out, one, depth + 1);
  } else {
    const entries = Object.entries(value).filter((entry) => entry[1] !== undefined);
    head(out, entries.length, 0x80, 15, [0, 0xde, 0xdf]);
    for (const [key, one] of entries) writeEntry(out, key, one, depth + 1);
  }
}

/** Key 0 says that the value of `type` is a number, too. */
function writeEntry(out: number[], key: string, value: unknown, depth: number): void {
  const number = keyNumbers.get(key);
  if (number === 0) {
    const type = typeof value === 'string' ? typeNumbers.get(value) : undefined;
    if (type !== undefined) {
      out.push(0, type);
      return;
    }
  }
  if (number === undefined || number === 0) writePlain(out, key);
  else out.push(number);
  write(out, value, depth);
}

function writeText(out: number[], text: string): void {
  const id = idBytes(text);
  if (id) {
    out.push(0xd8, id.kind, ...id.bytes);
    return;
  }
  const time = text.length === 24 && text.endsWith('Z') ? Date.parse(text) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString() !== text) writePlain(out, text);
  else {
    out.push(0xd7, 0);
    long(out, time);
  }
}

function writePlain(out: number[], text: string): void {
  const bytes = new TextEncoder().encode(text);
  head(out, bytes.length, 0xa0, 31, [0xd9, 0xda, 0xdb]);
  for (const byte of bytes) out.push(byte);
}

function writeNumber(out: number[], value: number): void {
  if (!Number.isFinite(value)) out.push(0xc0);
  else if (!Number.isSafeInteger(value) || Object.is(value, -0)) writeFloat(out, value);
  else if (value >= 0) head(out, value, 0, 127, [0xcc, 0xcd, 0xce], 0xcf);
  else if (value >= -32) out.push(value & 255);
  else if (value >= -128) out.push(0xd0, value & 255);
  else if (value >= -32768) out.push(0xd1, (value >> 8) & 255, value & 255);
  else if (value >= -2147483648) big(out, 0xd2, 4, value + WORD);
  else {
    out.push(0xd3);
    long(out, value);
  }
}

function writeFloat(out: number[], value: number): void {
  const isShort = Math.fround(value) === value;
  const view = new DataView(new ArrayBuffer(isShort ? 4 : 8));
  if (isShort) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  out.push(isShort ? 0xca : 0xcb, ...new Uint8Array(view.buffer));
}

/** A length or number, in as few bytes as hold it: in the marker itself up to `least`, else after one of the others. */
function head(
  out: number[],
  value: number,
  base: number,
  least: number,
  [one, two, four]: readonly [number, number, number],
  eight = 0,
): void {
  if (value <= least) out.push(base | value);
  else if (one > 0 && value < 256) out.push(one, value);
  else if (value < 65536) big(out, two, 2, value);
  else if (value < WORD) big(out, four, 4, value);
  else {
    out.push(eight);
    long(out, value);
  }
}

function big(out: number[], marker: number, bytes: number, value: number): void {
  out.push(marker);
  for (let shift = bytes - 1; shift >= 0; shift -= 1) out.push((value >>> (shift * 8)) & 255);
}

function long(out: number[], value: number): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt(value));
  out.push(...new Uint8Array(view.buffer));
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  value(depth: number): unknown {
    const marker = this.#unsigned(1);
    if (marker < 0x80) return marker;
    if (marker >= 0xe0) return marker - 256;
    if (marker < 0x90) return this.#map(marker & 15, depth);
    if (marker < 0xa0) return this.#list(marker & 15, depth);
    if (marker < 0xc0) return this.#text(marker & 31);
    return this.#marked(marker, depth);
  }

  #marked(marker: number, depth: number): unknown {
    if (marker === 0xc0) return null;
    if (marker === 0xc2 || marker === 0xc3) return marker === 0xc3;
    if (marker >= 0xc7 && marker <= 0xc9) return this.#extension(this.#unsigned(1 << (marker - 0xc7)));
    if (marker === 0xca || marker === 0xcb) return this.#float(marker === 0xca ? 4 : 8);
    if (marker >= 0xcc && marker <= 0xcf) return this.#unsigned(1 << (marker - 0xcc));
    if (marker >= 0xd0 && marker <= 0xd3) return this.#signed(1 << (marker - 0xd0));
    if (marker >= 0xd4 && marker <= 0xd8) return this.#extension(1 << (marker - 0xd4));
    if (marker >= 0xd9 && marker <= 0xdb) return this.#text(this.#unsigned(1 << (marker - 0xd9)));
    if (marker === 0xdc || marker === 0xdd) return this.#list(this.#unsigned(marker === 0xdc ? 2 : 4), depth);
    if (marker === 0xde || marker === 0xdf) return this.#map(this.#unsigned(marker === 0xde ? 2 : 4), depth);
    // Binary strings, and what MessagePack does not use.
    return fail();
  }

  #list(length: number, depth: number): unknown[] {
    this.#holds(length, depth);
    const list: unknown[] = [];
    for (let index = 0; index < length; index += 1) list.push(this.value(depth + 1));
    return list;
  }

  #map(length: number, depth: number): unknown {
    this.#holds(length * 2, depth);
    const entries: [string, unknown][] = [];
    for (let index = 0; index < length; index += 1) entries.push(this.#entry(depth + 1));
    // In this way a key such as `__proto__` is a key like any other.
    return Object.fromEntries(entries);
  }

  #entry(depth: number): [string, unknown] {
    const marker = this.#bytes[this.#at] ?? fail();
    const isText = (marker >= 0xa0 && marker < 0xc0) || (marker >= 0xd9 && marker <= 0xdb);
    if (isText) return [this.value(depth) as string, this.value(depth)];
    if (marker >= 0x80 && (marker < 0xcc || marker > 0xcf)) fail();
    const number = this.value(depth) as number;
    const key = BINARY_KEYS[number] ?? fail();
    if (number > 0) return [key, this.value(depth)];
    const type = this.value(depth);
    return [key, typeof type === 'number' ? (BINARY_TYPES[type] ?? fail()) : fail()];
  }

  /** Whoever says that more comes than is left is not believed. */
  #holds(values: number, depth: number): void {
    if (values > this.left || depth === MAX_DEPTH) fail();
  }

  #text(length: number): string {
    const bytes = this.#take(length);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  }

  #extension(length: number): string {
    const kind = this.#signed(1);
    if (kind === 0) {
      if (length !== 8) fail();
      const time = new Date(this.#signed(8));
      const text = Number.isNaN(time.getTime()) ? fail() : time.toISOString();
      return text.length === 24 ? text : fail();
    }
    const prefix = BINARY_ID_PREFIXES[kind - 1] ?? fail();
    if (length !== ID_BYTES) fail();
    return idText(prefix, this.#take(length));
  }

  #float(length: 4 | 8): number {
    const at = this.#skip(length);
    const number = length === 4 ? this.#view.getFloat32(at) : this.#view.getFloat64(at);
    return Number.isFinite(number) ? number : fail();
  }

  #unsigned(length: number): number {
    const at = this.#skip(length);
    if (length === 8) return Number(this.#view.getBigUint64(at));
    let number = 0;
    for (const byte of this.#bytes.subarray(at, at + length)) number = number * 256 + byte;
    return number;
  }

  #signed(length: number): number {
    const at = this.#skip(length);
    if (length === 8) return Number(this.#view.getBigInt64(at));
    if (length === 4) return this.#view.getInt32(at);
    return length === 2 ? this.#view.getInt16(at) : this.#view.getInt8(at);
  }

  #take(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  #skip(length: number): number {
    if (length > this.left) fail();
    const at = this.#at;
    this.#at += length;
    return at;
  }
}

/** The bytes of a typed id; null if the text is not exactly how one is written. */
function idBytes(text: string): { kind: number; bytes: readonly number[] } | null {
  const end = text.indexOf('_');
  const kind = (BINARY_ID_PREFIXES as readonly string[]).indexOf(text.slice(0, Math.max(end, 0))) + 1;
  if (kind === 0 || text.length !== end + 27) return null;
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const digit of text.slice(end + 1)) {
    const five = DIGITS.indexOf(digit);
    if (five < 0) return null;
    value = ((value << 5) | five) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  // The lowest two bits of the last digit belong to no byte.
  return (value & 3) === 0 ? { kind, bytes } : null;
}

function idText(prefix: string, bytes: Uint8Array): string {
  let text = `${prefix}_`;
  let [bits, value] = [0, 0];
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += DIGITS.charAt((value >> (bits - 5)) & 31);
  }
  return text + DIGITS.charAt((value << 2) & 31);
}

import { describe, expect, it } from 'vitest';
// The vectors that the server's own tests read.
import vectors from '../../../crates/parlor-protocol/tests/binary-vectors.json';
import { decodeBinary, encodeBinary } from '../src/binary.ts';
import { BINARY_KEYS } from '../src/binary-tables.ts';
import { seeded, type Random } from './support/random.ts';

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

describe('the shared vectors', () => {
  it.each(vectors.both_ways)('go both ways: $name', ({ value, hex }) => {
    expect(hexOf(encodeBinary(value))).toBe(hex);
    expect(decodeBinary(bytesOf(hex))).toEqual(value);
  });

  it.each(vectors.only_decoded)('are understood: $name', ({ value, hex }) => {
    expect(decodeBinary(bytesOf(hex))).toEqual(value);
  });

  it.each(vectors.refused)('are refused: $name', ({ hex }) => {
    expect(() => decodeBinary(bytesOf(hex))).toThrow();
  });
});

describe('any value', () => {
  it.each(Array.from({ length: 200 }, (_, seed) => seed))('comes back as it was (seed %i)', (seed) => {
    const random = seeded(seed);
    const value = any(random, 5);
    const encoded = encodeBinary(value);
    expect(JSON.stringify(decodeBinary(encoded))).toBe(JSON.stringify(value));
    expect(() => decodeBinary(encoded.subarray(0, random.below(encoded.length)))).toThrow();
    expect(() => decodeBinary(Uint8Array.from([...encoded, 0xc0]))).toThrow();
  });

  it('may be long, and a key may have any name', () => {
    const long = { text: 'é'.repeat(40_000), list: Array.from({ length: 70_000 }, (_, index) => index) };
    expect(decodeBinary(encodeBinary(long))).toEqual(long);
    const odd = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object;
    const decoded = decodeBinary(encodeBinary(odd)) as Record<string, unknown>;
    expect(Object.keys(decoded)).toEqual(['__proto__', 'constructor']);
    expect(decoded['polluted']).toBeUndefined();
  });

  it('is what JSON makes of it', () => {
    const value = { seq: undefined, data: [undefined, NaN, -0], body: '\ufeffmark' };
    expect(decodeBinary(encodeBinary(value))).toEqual({ data: [null, null, -0], body: '\ufeffmark' });
  });

  it('is nested as deep as the server reads, and no deeper', () => {
    const nested = (depth: number): unknown => (depth === 0 ? null : [nested(depth - 1)]);
    expect(decodeBinary(encodeBinary(nested(127)))).toEqual(nested(127));
    expect(() => encodeBinary(nested(128))).toThrow();
    expect(() => decodeBinary(new Uint8Array(1 << 20).fill(0x91))).toThrow(SyntaxError);
  });
});

function any(random: Random, depth: number): unknown {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.below(2 ** 53) * random.pick([1, -1]);
    case 2:
      return random.pick([1, -1]) * random.below(300);
    case 3:
      return random.next() * 10 ** random.below(300);
    case 4:
      return text(random);
    case 5:
      return new Date(random.below(253_402_300_799_999)).toISOString();
    case 6:
      return Array.from({ length: random.below(20) }, () => any(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(20) }, () => [
          random.below(2) === 0 ? random.pick(BINARY_KEYS) : text(random),
          any(random, depth - 1),
        ]),
      );
  }
}

function text(random: Random): string {
  const digits = Array.from({ length: 26 }, () => random.pick([...'0123456789abcdefghjkmnpqrstvwxyz']));
  const prefix = random.pick(['usr_', 'rm_', 'msg_', 'bot_', '']);
  return random.below(2) === 0 ? `${prefix}${digits.join('')}` : 'ü😀x'.repeat(random.below(40));
}

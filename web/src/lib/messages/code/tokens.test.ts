import { expect, test } from 'vitest';
import { tokensOf, type Tone } from './tokens.ts';

const LANGUAGES =
  'js ts c c++ rust go java kotlin c# swift dart scala php zig python ruby elixir bash dockerfile make nginx r yaml json css html sql lua haskell diff'.split(
    ' ',
  );
const run = (code: string, language: string) => tokensOf(code, language) ?? [];
const inTone = (code: string, language: string, tone: Tone) =>
  run(code, language)
    .filter((token) => token.tone === tone)
    .map(({ text }) => text);

test('a language that is not known has no colours', () => {
  expect(tokensOf('let a = 1', 'klingon')).toBeNull();
});

test('four tones', () => {
  const code = '// Short.\npub fn pour(cups: u32) -> Result<Status> { let a = "te\\"a"; 418 }';
  expect(inTone(code, 'rust', 'comment')).toEqual(['// Short.']);
  expect(inTone(code, 'rust', 'keyword')).toEqual(['pub', 'fn', 'let']);
  expect(inTone(code, 'rust', 'string')).toEqual(['"te\\"a"']);
  expect(inTone(code, 'rust', 'name')).toEqual(['Result', 'Status', '418']);
});

test('a lifetime opens no text, and a text ends with its line', () => {
  expect(inTone("fn a<'a>(b: &'a str) { 'x' }", 'rust', 'string')).toEqual(["'x'"]);
  expect(inTone('a = "open\nb = 1', 'python', 'string')).toEqual(['"open']);
  expect(inTone('a = """open\nb', 'python', 'string')).toEqual(['"""open\nb']);
});

test('keys are told from values', () => {
  expect(inTone('{"a": "b", "c": true}', 'json', 'keyword')).toEqual(['"a"', '"c"']);
  expect(inTone('name: Salon # a room\nport = 80', 'yaml', 'keyword')).toEqual(['name', 'port']);
  expect(inTone('select A from b where c is NULL', 'sql', 'keyword')).toEqual([
    'select',
    'from',
    'where',
    'is',
    'NULL',
  ]);
});

test('a difference is tinted by the line', () => {
  const code = '--- a\n+++ b\n@@ -1 +1 @@\n same\n-old\n+new\n';
  expect(inTone(code, 'diff', 'added')).toEqual(['+new\n']);
  expect(inTone(code, 'diff', 'removed')).toEqual(['-old\n']);
  expect(inTone(code, 'diff', 'comment')).toEqual(['--- a\n', '+++ b\n']);
});

// What holds up engines of other kinds: openings without an end, nested and repeated a thousand times.
const HOSTILE =
  `a|"|'|\`|(|{|[|<|/|\\|*|_|#|$|@|=|-|:|/*|*/|//|<!--|--[[|{-|"""|'''|\${|a.|a:|a: |a =|1.|1e|0x|\\"|\\\\|\n|\n#|\n-|  |é|日|😀|\ud83d|Z\u0301`.split(
    '|',
  );

test('nothing is lost and nothing is added, whatever it is', () => {
  for (const language of LANGUAGES) {
    for (const unit of HOSTILE) {
      for (const before of ['', 'a ']) {
        const code = before + unit.repeat(Math.ceil(4096 / unit.length));
        const tokens = run(code, language);
        expect(tokens.map(({ text }) => text).join('') === code, `${language}: ${before}${unit}`).toBe(true);
      }
    }
  }
}, 60_000);

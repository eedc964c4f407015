// From code to runs of one tone each. Pure: no page, and no HTML.

import { languageOf, type Language } from './languages.ts';

/** The four inks beside the ordinary one, and the two grounds of a difference. */
export type Tone = 'comment' | 'string' | 'keyword' | 'name' | 'added' | 'removed';

export interface Token {
  readonly text: string;
  readonly tone: Tone | null;
}

/** The code in tones; null for a language that is not known. The texts together are the code. */
export function tokensOf(code: string, name: string): readonly Token[] | null {
  if (name === 'diff' || name === 'patch') return difference(code);
  const language = languageOf(name);
  return language ? read(code, language) : null;
}

const CONSTANTS = new Set(['true', 'false', 'null', 'nil', 'None', 'True', 'False', 'undefined', 'nullptr']);

function read(code: string, language: Language): readonly Token[] {
  const joint = language.keyEnd ? '-' : '';
  const pattern = new RegExp(
    `(${language.comments.join('|')})|(${language.strings.join('|')})|(\\d[\\w.]*)|([\\p{L}_$@][\\p{L}\\p{N}_$${joint}]*)|([^])`,
    'uy',
  );
  const tokens: Token[] = [];
  let plain = '';
  const add = (text: string, tone: Tone | null): void => {
    if (tone === null) {
      plain += text;
      return;
    }
    if (plain !== '') tokens.push({ text: plain, tone: null });
    plain = '';
    tokens.push({ text, tone });
  };
  for (let match = pattern.exec(code); match; match = pattern.exec(code)) {
    const [text, comment, string, number, word] = match;
    const end = pattern.lastIndex;
    if (comment !== undefined) add(text, 'comment');
    else if (string !== undefined) add(text, isKey(code, end, language) ? 'keyword' : 'string');
    else if (number !== undefined) add(text, 'name');
    else add(text, word === undefined ? null : toneOf(word, code, end, language));
  }
  if (plain !== '') tokens.push({ text: plain, tone: null });
  return tokens;
}

function toneOf(word: string, code: string, end: number, language: Language): Tone | null {
  if (CONSTANTS.has(word)) return 'name';
  if (language.keywords.has(language.ignoresCase ? word.toLowerCase() : word)) return 'keyword';
  if (isKey(code, end, language)) return 'keyword';
  // What begins with a capital is a type or a constant in most languages.
  return !language.ignoresCase && /^\p{Lu}/u.test(word) ? 'name' : null;
}

function isKey(code: string, end: number, { keyEnd }: Language): boolean {
  if (!keyEnd) return false;
  keyEnd.lastIndex = end;
  return keyEnd.test(code);
}

function difference(code: string): readonly Token[] {
  return code.split(/(?<=\n)/).map((line) => ({ text: line, tone: toneOfLine(line) }));
}

function toneOfLine(line: string): Tone | null {
  if (/^(\+\+\+|---|diff |index )/.test(line)) return 'comment';
  if (line.startsWith('@@')) return 'keyword';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : null;
}

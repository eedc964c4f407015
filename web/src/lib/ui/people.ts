// How a person looks without a picture: initials, and one of eight colours that stays theirs. Pure.

const HUES = 8;

/** A number from 0 to 7 that depends on the id alone. */
export function authorHue(id: string): number {
  let hash = 2166136261;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 16777619);
  return (hash >>> 8) % HUES;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const STANDS_FOR_A_NAME =
  /^[\p{L}\p{N}\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
/** Letters that change or repeat another one, as the first of ʻOkina: none begins a name. */
const MODIFIES = /^\p{Lm}/u;
/** Digits, `#` and `*` are emoji only with the mark that makes them keys. */
const KEY = /^[0-9#*]\ufe0f?\u20e3/u;

/** The first letters, digits or emoji of the first and the last word of a name, as people see them: never half of one. */
export function initials(name: string): string {
  const letters = name
    .split(/[\s._-]+/u)
    .map((word) => firstSign(word))
    .filter((letter) => letter !== null);
  const shown = letters.length > 1 ? [letters[0], letters.at(-1)] : letters;
  if (shown.length === 0) return charactersOf(name.trim())[0] ?? '';
  return shown.map((letter) => upperCase(letter ?? '')).join('');
}

/** Brackets, quotes and other marks stand for nobody. */
function firstSign(word: string): string | null {
  const signs = charactersOf(word).filter((one) => STANDS_FOR_A_NAME.test(one) || KEY.test(one));
  return signs.find((one) => !MODIFIES.test(one)) ?? signs[0] ?? null;
}

/** Some letters have no capital of their own: `ß` would become two. Georgian has some, but not for the start of names. */
function upperCase(letter: string): string {
  const upper = letter.toUpperCase();
  return charactersOf(upper).length > 1 || /\p{Script=Georgian}/u.test(letter) ? letter : upper;
}

function charactersOf(text: string): string[] {
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}

// How a person looks without a picture: initials, and one of eight colours that stays theirs. Pure.

const HUES = 8;

/** A number from 0 to 7 that depends on the id alone. */
export function authorHue(id: string): number {
  let hash = 2166136261;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 16777619);
  return (hash >>> 8) % HUES;
}

/** The first letters of the first and the last word of a name. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => word !== '');
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => firstLetter(word ?? ''))
    .join('')
    .toLocaleUpperCase();
}

function firstLetter(word: string): string {
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return segments[Symbol.iterator]().next().value?.segment ?? '';
}

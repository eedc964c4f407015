// What keys mean while writing, and how long a text is. Pure.

import { isComposing } from '../state/keys.ts';

export type KeyMeaning = 'send' | 'edit-last' | 'reply-last';

type Key = Pick<
  KeyboardEvent,
  'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'keyCode'
>;

/** What a key does in the composer; null where it is the field's own. While a word is being composed, all are. */
export function keyMeaning(event: Key, field: { isEmpty: boolean; isTouch: boolean }): KeyMeaning | null {
  if (isComposing(event) || event.altKey) return null;
  const modifier = event.ctrlKey || event.metaKey;
  if (event.key === 'Enter' && !event.shiftKey && (modifier || !field.isTouch)) return 'send';
  if (event.key === 'ArrowUp' && field.isEmpty && !modifier)
    return event.shiftKey ? 'reply-last' : 'edit-last';
  return null;
}

const encoder = new TextEncoder();
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The longest text that is taken apart into what people see as characters; in longer ones, code points are counted. */
const EXACT = 10_000;
/** From this share of what fits on, it is said how much is left. */
const NEARLY_FULL = 0.9;
/** How much of a text is looked at to find where its characters end and how large they are, in UTF-16 units. */
const SAMPLE = 200;

/** How a text stands to what fits into a message: how many characters are too many, or how many are left, near the end. */
export interface Fit {
  readonly over: number;
  /** About; null while there is much room. */
  readonly left: number | null;
}

/** What fits is a number of bytes of UTF-8, as the server counts. People are told in characters, as they see them. */
export function fitOf(text: string, maxBytes: number): Fit {
  // Three bytes is the most that a unit of UTF-16 takes.
  if (text.length * 3 < maxBytes * NEARLY_FULL) return { over: 0, left: null };
  const { read, written } = encoder.encodeInto(text, new Uint8Array(maxBytes));
  if (read < text.length) return { over: charactersFrom(text, read), left: null };
  if (written < maxBytes * NEARLY_FULL) return { over: 0, left: null };
  const end = text.slice(-SAMPLE);
  const perCharacter = encoder.encode(end).length / charactersFrom(end, 0);
  return { over: 0, left: Math.floor((maxBytes - written) / perCharacter) };
}

/** How many characters end behind `index`: one that it cuts counts, since it has to go as a whole. */
function charactersFrom(text: string, index: number): number {
  if (text.length - index > EXACT) return codePointsFrom(text, index);
  const start = Math.max(0, index - SAMPLE);
  return [...graphemes.segment(text.slice(start))].filter(
    (one) => start + one.index + one.segment.length > index,
  ).length;
}

function codePointsFrom(text: string, index: number): number {
  let count = 0;
  for (let at = index; at < text.length; at += 1) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count += 1;
  return count;
}

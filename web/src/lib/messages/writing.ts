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

/** The length as the server counts it, in bytes of UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

// Every key that works anywhere in the client. The help (key-help.ts) shows the same list.

export type Action =
  'switcher' | 'previousRoom' | 'nextRoom' | 'previousUnread' | 'nextUnread' | 'info' | 'help' | 'regions';

/** A combination: `Mod` is Ctrl, or Cmd on Apple's machines. */
interface Binding {
  readonly action: Action;
  readonly keys: readonly string[];
}

export const BINDINGS: readonly Binding[] = [
  { action: 'switcher', keys: ['Mod', 'K'] },
  { action: 'previousRoom', keys: ['Alt', 'ArrowUp'] },
  { action: 'nextRoom', keys: ['Alt', 'ArrowDown'] },
  { action: 'previousUnread', keys: ['Alt', 'Shift', 'ArrowUp'] },
  { action: 'nextUnread', keys: ['Alt', 'Shift', 'ArrowDown'] },
  { action: 'info', keys: ['Mod', '.'] },
  { action: 'regions', keys: ['F6'] },
  { action: 'help', keys: ['Mod', '/'] },
];

/** The keys of an action, to show them beside it. */
export function keysOf(action: Action): readonly string[] {
  return BINDINGS.find((binding) => binding.action === action)?.keys ?? [];
}

/**
 * True if a key press belongs to an input method: it chooses or ends the word that is being composed, and means nothing to
 * the client. Safari ends the composition before it tells of the key, so `isComposing` is false by then; the key code that
 * stands for "an input method has it" is still there (WebKit bug 165004).
 */
export function isComposing(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Keeps the browser from doing with such a key what it does by itself: closing a dialog or a menu, sending a form. */
export function keepFromBrowser(event: KeyboardEvent): void {
  if (!isComposing(event)) return;
  const isText = event.target instanceof HTMLTextAreaElement;
  if (event.key === 'Escape' || (event.key === 'Enter' && !isText)) event.preventDefault();
}

/** What a key press means anywhere in the client; null if nothing. A letter alone counts only outside of fields. */
export function actionOf(event: KeyboardEvent): Action | null {
  if (isComposing(event)) return null;
  if (event.key === '?' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    return isTyping(event.target) ? null : 'help';
  }
  return BINDINGS.find((binding) => matches(binding.keys, event))?.action ?? null;
}

function matches(keys: readonly string[], event: KeyboardEvent): boolean {
  const wants = (key: string) => keys.includes(key);
  const modifier = event.ctrlKey || event.metaKey;
  if (wants('Mod') !== modifier || wants('Alt') !== event.altKey || wants('Shift') !== event.shiftKey)
    return false;
  return keys.at(-1)?.toLowerCase() === event.key.toLowerCase();
}

/** True where a letter is a letter. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

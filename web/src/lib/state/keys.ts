// Every key of the client in one place: what listens and what the help shows can't differ.

import { t } from '../i18n/index.ts';

export type Action =
  'switcher' | 'previousRoom' | 'nextRoom' | 'previousUnread' | 'nextUnread' | 'info' | 'help' | 'regions';

/** A combination: `Mod` is Ctrl, or Cmd on Apple's machines. */
interface Binding {
  readonly action: Action;
  readonly keys: readonly string[];
}

const BINDINGS: readonly Binding[] = [
  { action: 'switcher', keys: ['Mod', 'K'] },
  { action: 'previousRoom', keys: ['Alt', 'ArrowUp'] },
  { action: 'nextRoom', keys: ['Alt', 'ArrowDown'] },
  { action: 'previousUnread', keys: ['Alt', 'Shift', 'ArrowUp'] },
  { action: 'nextUnread', keys: ['Alt', 'Shift', 'ArrowDown'] },
  { action: 'info', keys: ['Mod', '.'] },
  { action: 'regions', keys: ['F6'] },
  { action: 'help', keys: ['Mod', '/'] },
];

/** What a key press means anywhere in the client; null if nothing. A letter alone counts only outside of fields. */
export function actionOf(event: KeyboardEvent): Action | null {
  if (event.isComposing) return null;
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

export interface KeyHelp {
  readonly heading: string;
  readonly rows: readonly (readonly [keys: readonly string[], meaning: string])[];
}

/** What the help shows. */
export function keyHelp(): readonly KeyHelp[] {
  const anywhere = BINDINGS.map(({ action, keys }) => [keys, t.keys[action]] as const);
  return [
    { heading: t.keys.anywhere, rows: [...anywhere, [['Esc'], t.keys.escape], [['?'], t.keys.help]] },
    {
      heading: t.keys.inMessages,
      rows: [
        [['ArrowUp', 'ArrowDown', 'K', 'J'], t.keys.move],
        [['Home', 'End'], t.keys.firstLast],
        [['R'], t.keys.reply],
        [['E'], t.keys.edit],
        [['Delete'], t.keys.remove],
        [['Enter'], t.keys.menu],
      ],
    },
    {
      heading: t.keys.inComposer,
      rows: [
        [['Enter'], t.keys.send],
        [['Shift', 'Enter'], t.keys.newline],
        [['ArrowUp'], t.keys.editLast],
        [['Shift', 'ArrowUp'], t.keys.replyLast],
      ],
    },
  ];
}

const GLYPHS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓' };

/** A key as its cap shows it. */
export function keyCap(key: string, isApple: boolean): string {
  if (key === 'Mod') return isApple ? '⌘' : 'Ctrl';
  if (key === 'Alt' && isApple) return '⌥';
  return GLYPHS[key] ?? key;
}

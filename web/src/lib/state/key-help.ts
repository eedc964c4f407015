// What the help shows of the keys, and how. Pure.

import { t } from '../i18n/index.ts';
import { BINDINGS } from './keys.ts';

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

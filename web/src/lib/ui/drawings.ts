// Parlor's own drawings for empty pages, on a grid of 64 by 64: lines, thin lines, and what the lamplight falls on.

interface Drawing {
  readonly line: readonly string[];
  readonly thin: readonly string[];
  readonly light: readonly string[];
}

const POT = 'M25 40.5c-3-4.75-1.5-11.5 3.75-11.5h6.5c5.25 0 6.75 6.75 3.75 11.5Z';
const SHADE = 'M24 12h16l6.5 16h-29Z';
const BOARD = 'M18 14.5h25l6 6.25-6 6.25H18Z';
const BOOK = 'M25.5 33.5v-13h5v13';

export const drawings = {
  /** A tea table that is laid: nobody has said anything yet. */
  table: {
    line: [
      'M10 40.5h44',
      'M17 40.5V54',
      'M47 40.5V54',
      POT,
      'M32 28.75v-1.5',
      'M39.75 36.5c3.25 0 3-4.75 5.5-6.25',
      'M24.25 31.5c-5.75-1.5-6.25 5.25-.75 6',
    ],
    thin: [
      'M17 48.5h30',
      'M32 23.5c-2-2 2-3.5 0-5.5',
      'M47.5 36.5h5v1a2.5 2.5 0 0 1-5 0Z',
      'M11.5 36.5h5v1a2.5 2.5 0 0 1-5 0Z',
    ],
    light: [POT],
  },
  /** A lamp that is out: nobody answers. */
  lamp: {
    line: [SHADE, 'M32 28v26', 'M23 54h18'],
    thin: ['M38.5 28v6.5', 'M26.5 15.5l-3.75 9.5', 'M14 54h6', 'M44 54h6'],
    light: [],
  },
  /** A key on its hook: this opens nothing, or not for you. */
  key: {
    line: [
      'M24 34a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z',
      'm30 31.5 19.5 19.5',
      'm43.5 45 4.5-4.5',
      'm38.5 40 3.5-3.5',
    ],
    thin: ['M24 10v7', 'M20.5 10h7', 'M24 29a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z'],
    light: [],
  },
  /** A signpost: there is no such page. */
  signpost: {
    line: ['M31 10v4.5', 'M31 27v27', BOARD, 'M22 54h18'],
    thin: ['M31 31.5h13v9H21l-5-4.5 5-4.5h10', 'M14 54h4', 'M44 54h6'],
    light: [BOARD],
  },
  /** A shelf with little on it: nothing to list. */
  shelf: {
    line: ['M12 13h40v41H12Z', 'M12 33.5h40', BOOK],
    thin: [
      'M18.5 33.5V18.5h5',
      'M33.5 33.5l4-12 4.5 1.5-3.5 10.5',
      'M19 54v-8h9v8',
      'M23.5 46v-4.5',
      'M12 54v2',
      'M52 54v2',
    ],
    light: ['M25.5 33.5v-13h5v13Z'],
  },
} as const satisfies Record<string, Drawing>;

export type DrawingName = keyof typeof drawings;

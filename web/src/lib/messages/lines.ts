// From rows to lines: where a day begins, where the unread begins, and which rows belong together. Pure.

import type { Row } from '@parlor/client';
import { startOfDay } from '../i18n/dates.ts';

/** Messages of one author that follow within this time stand together, in milliseconds. */
export const TOGETHER = 5 * 60_000;

/** A row with what stands before it. */
export interface Line {
  readonly key: string;
  readonly row: Row;
  /** Who: a user's id. */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** True if it continues what the same author said just before: no name, no picture. */
  readonly continues: boolean;
  /** True if a new day begins with it. */
  readonly opensDay: boolean;
  /** True if it is the first one that was unread when the room was entered. */
  readonly opensUnread: boolean;
}

/**
 * The lines of a room. `readUpTo` is the position at which the room was entered; null shows no mark. `atStart`: nothing
 * comes before the first row.
 */
export function linesOf(
  rows: readonly Row[],
  self: string,
  readUpTo: number | null,
  atStart = false,
): readonly Line[] {
  const lines: Line[] = [];
  let isMarked = readUpTo === null || !(atStart || reachesBackTo(rows, readUpTo));
  for (const row of rows) {
    const previous = lines.at(-1);
    const at = row.message ? Date.parse(row.message.sent_at) : row.pending.createdAt;
    const author = row.message?.author ?? self;
    const opensDay: boolean = !previous || startOfDay(previous.at) !== startOfDay(at);
    const opensUnread = !isMarked && isUnread(row, self, readUpTo ?? 0);
    isMarked ||= opensUnread;
    const continues: boolean =
      !opensDay &&
      !opensUnread &&
      previous?.author === author &&
      at - previous.at < TOGETHER &&
      joins(previous.row, row);
    lines.push({ key: row.key, row, author, at, continues, opensDay, opensUnread });
  }
  return lines;
}

/** Only if the window shows what was read is its first unread message the first one that there is. */
function reachesBackTo(rows: readonly Row[], readUpTo: number): boolean {
  const first = rows[0]?.message;
  return first !== undefined && (first.seq <= readUpTo || first.seq === 1 || readUpTo === 0);
}

function isUnread(row: Row, self: string, readUpTo: number): boolean {
  const { message } = row;
  return message?.deleted_at === undefined && (message?.seq ?? 0) > readUpTo && message?.author !== self;
}

/** An action names its author in its own sentence, and an answer says whom it answers: both stand alone. */
function joins(previous: Row, row: Row): boolean {
  if (isAction(previous) || isAction(row)) return false;
  return row.message ? row.message.reply_to === undefined : row.pending.replyTo === undefined;
}

function isAction(row: Row): boolean {
  return row.message?.kind === 'action';
}

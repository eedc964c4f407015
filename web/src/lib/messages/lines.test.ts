import { describe, expect, it } from 'vitest';
import { MINUTE, NOON, row } from '../../../tests/samples.ts';
import { linesOf } from './lines.ts';

const SELF = 'usr_self';
const DAY = 24 * 60 * MINUTE;

describe('grouping', () => {
  it('joins what one author says within five minutes', () => {
    const rows = [row(1), row(2, { at: NOON + 4 * MINUTE }), row(3, { at: NOON + 10 * MINUTE })];
    expect(linesOf(rows, SELF, null).map((line) => line.continues)).toEqual([false, true, false]);
  });

  it('begins anew with another author', () => {
    const rows = [row(1), row(2, { author: 'usr_bo' }), row(3)];
    expect(linesOf(rows, SELF, null).map((line) => line.continues)).toEqual([false, false, false]);
  });

  it('lets actions and answers stand alone', () => {
    const rows = [row(1), row(2, { kind: 'action' }), row(3), row(4, { reply_to: 'msg_1' }), row(5)];
    expect(linesOf(rows, SELF, null).map((line) => line.continues)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('joins what is on its way to what one said just before', () => {
    const pending = {
      nonce: 'n',
      room: 'rm_1',
      body: 'b',
      createdAt: NOON + MINUTE,
      state: 'queued' as const,
    };
    const rows = [row(1, { author: SELF }), { key: 'n', pending }];
    expect(linesOf(rows, SELF, null).at(-1)).toMatchObject({ continues: true, author: SELF });
  });
});

describe('days', () => {
  it('opens a day with its first message, and the first of all', () => {
    const rows = [row(1), row(2, { at: NOON + MINUTE }), row(3, { at: NOON + DAY })];
    expect(linesOf(rows, SELF, null).map((line) => line.opensDay)).toEqual([true, false, true]);
  });

  it('does not join over midnight', () => {
    const midnight = new Date(2026, 5, 2).getTime();
    const rows = [row(1, { at: midnight - MINUTE }), row(2, { at: midnight + MINUTE })];
    expect(linesOf(rows, SELF, null)[1]).toMatchObject({ continues: false, opensDay: true });
  });
});

describe('the mark of the unread', () => {
  const marked = (readUpTo: number | null, rows = [row(4), row(5), row(6), row(7)]) =>
    linesOf(rows, SELF, readUpTo).flatMap((line) => (line.opensUnread ? [line.key] : []));

  it('stands before the first unread message, once', () => {
    expect(marked(5)).toEqual(['msg_6']);
  });

  it('does not stand where nothing is unread, or where it was not asked for', () => {
    expect(marked(7)).toEqual([]);
    expect(marked(null)).toEqual([]);
  });

  it("passes over one's own messages", () => {
    expect(marked(4, [row(4), row(5, { author: SELF }), row(6)])).toEqual(['msg_6']);
  });

  it('passes over what was removed', () => {
    const gone = { deleted_at: 'now', body: '' };
    expect(marked(4, [row(4), row(5, gone), row(6)])).toEqual(['msg_6']);
    expect(marked(4, [row(4), row(5, gone)])).toEqual([]);
  });

  it('does not stand in a window that begins after it', () => {
    expect(marked(2)).toEqual([]);
  });

  it('breaks a group', () => {
    expect(linesOf([row(4), row(5)], SELF, 4)[1]).toMatchObject({ continues: false, opensUnread: true });
  });
});

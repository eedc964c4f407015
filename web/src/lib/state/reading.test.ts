import type { HeadNews, RoomState } from '@parlor/client';
import { describe, expect, it, vi } from 'vitest';
import { message } from '../../../tests/samples.ts';
import { type ReadAfter, Reading } from './reading.svelte.ts';

const SELF = 'usr_self';
const rooms = (seq: number, read?: number) =>
  new Map([['rm_1', { seq, room: { ...(read !== undefined && { read }) } } as RoomState]]);
const deaf = () => undefined;
const nothing = async () => [];
const open = (seq: number) => new Map([['rm_1', { seq, open: true, room: {} } as RoomState]]);
const news = (head: number, messages: number | null, newest = head, by = 'usr_ada'): HeadNews =>
  messages === null || messages === 0
    ? { room: 'rm_1', head, messages }
    : { room: 'rm_1', head, messages, newest, by };

/** A reading of a room that is not open, of which one knows 5. */
function away(readAfter: ReadAfter = nothing): Reading {
  const reading = new Reading(SELF, readAfter, deaf);
  reading.meet(rooms(5));
  return reading;
}

describe('unread messages', () => {
  it('are those of others after the place one has read to', () => {
    const reading = new Reading(SELF, nothing, deaf);
    reading.meet(rooms(5));
    reading.heard({ room: 'rm_1', message: message(6), missed: false });
    reading.heard({ room: 'rm_1', message: message(7), missed: true });
    expect(reading.unread('rm_1')).toBe(2);
    reading.readUpTo('rm_1', 6);
    expect(reading.unread('rm_1')).toBe(1);
    expect(reading.total).toBe(1);
  });

  it('are read when one answers, here or elsewhere', () => {
    const reading = new Reading(SELF, nothing, deaf);
    reading.meet(rooms(5));
    reading.heard({ room: 'rm_1', message: message(6), missed: false });
    reading.heard({ room: 'rm_1', message: message(7, { author: SELF }), missed: false });
    expect(reading.unread('rm_1')).toBe(0);
  });

  it('are fewer when one is removed', () => {
    const reading = new Reading(SELF, nothing, deaf);
    reading.meet(rooms(5));
    reading.heard({ room: 'rm_1', message: message(6), missed: false });
    reading.removed('rm_1', message(6));
    expect(reading.unread('rm_1')).toBe(0);
  });

  it('are looked up where something happened while one was away, each counted once', async () => {
    const readAfter = vi.fn(async () => [message(6), message(7, { author: SELF }), message(8)]);
    const reading = new Reading(SELF, readAfter, deaf);
    reading.meet(rooms(8, 5));
    reading.heard({ room: 'rm_1', message: message(8), missed: false });
    await vi.waitFor(() => {
      expect(reading.unread('rm_1')).toBe(2);
    });
    expect(readAfter).toHaveBeenCalledExactlyOnceWith('rm_1', 5, expect.any(Number));
  });

  it('never come back by reading less', () => {
    const reading = new Reading(SELF, nothing, deaf);
    reading.readUpTo('rm_1', 9);
    reading.readUpTo('rm_1', 3);
    expect(reading.position('rm_1')).toBe(9);
  });

  it('are read on other devices too, and the account is told only what was read here', () => {
    const tell = vi.fn();
    const reading = new Reading(SELF, nothing, tell);
    reading.meet(rooms(5, 5));
    for (const seq of [6, 7]) reading.heard({ room: 'rm_1', message: message(seq), missed: false });
    reading.readElsewhere('rm_1', 6);
    expect(reading.unread('rm_1')).toBe(1);
    expect(tell).not.toHaveBeenCalled();
    reading.readUpTo('rm_1', 7);
    reading.readUpTo('rm_1', 7);
    expect(tell).toHaveBeenCalledExactlyOnceWith('rm_1', 7);
    // After a break, the account says how far it was read meanwhile.
    reading.heard({ room: 'rm_1', message: message(9), missed: true });
    reading.meet(rooms(9, 9));
    expect(reading.unread('rm_1')).toBe(0);
  });

  it('begin where this browser was, once, if the account does not know yet', () => {
    localStorage.setItem(`parlor.read.${SELF}`, JSON.stringify({ rm_1: 3 }));
    const tell = vi.fn();
    const reading = new Reading(SELF, nothing, tell);
    reading.meet(rooms(8));
    expect(tell).toHaveBeenCalledExactlyOnceWith('rm_1', 3);
    const later = new Reading(SELF, nothing, tell);
    later.meet(rooms(8, 6));
    expect(later.position('rm_1')).toBe(6);
    localStorage.clear();
  });
});

describe('unread messages of a room that is not open', () => {
  it('are those that its heads tell of, each once', () => {
    const reading = away();
    reading.moved(news(8, 3));
    reading.moved(news(9, 0));
    reading.moved(news(12, 2, 11));
    reading.moved(news(12, 2, 11));
    expect([reading.unread('rm_1'), reading.total]).toEqual([5, 5]);
    reading.moved(news(500, 300));
    expect([reading.unread('rm_1'), reading.total]).toEqual([100, 100]);
  });

  it('are read when one answers elsewhere, or reads in another tab', () => {
    const reading = away();
    reading.moved(news(8, 3));
    reading.moved(news(9, 1, 9, SELF));
    expect(reading.unread('rm_1')).toBe(0);
    reading.moved(news(11, 2));
    reading.readElsewhere('rm_1', 11);
    expect([reading.unread('rm_1'), reading.position('rm_1')]).toEqual([0, 11]);
  });

  it('keep their number while their places come to be known', async () => {
    const readAfter = vi.fn(async () => []);
    const reading = away(readAfter);
    reading.moved(news(8, 3));
    for (const seq of [6, 7, 8]) {
      reading.heard({ room: 'rm_1', message: message(seq), missed: true });
      expect(reading.unread('rm_1')).toBe(3);
    }
    reading.meet(open(8));
    await Promise.resolve();
    reading.readUpTo('rm_1', 7);
    expect(reading.unread('rm_1')).toBe(1);
    expect(readAfter).not.toHaveBeenCalled();
  });

  it('are counted when the room is open, if their places never come', async () => {
    const reading = away(vi.fn(async () => [message(6), message(8)]));
    reading.moved(news(9, 4));
    reading.meet(open(9));
    await vi.waitFor(() => {
      expect(reading.unread('rm_1')).toBe(2);
    });
    reading.readUpTo('rm_1', 9);
    expect(reading.total).toBe(0);
  });

  it('are counted after a cut, and not twice if a head tells of them too', async () => {
    let answer: (messages: ReturnType<typeof message>[]) => void = () => undefined;
    const reading = away(() => new Promise((resolve) => (answer = resolve)));
    reading.moved(news(7, null));
    reading.moved(news(8, 1));
    answer([message(6), message(7), message(8)]);
    await vi.waitFor(() => {
      expect(reading.unread('rm_1')).toBe(3);
    });
    reading.moved(news(8, 1));
    reading.moved(news(9, 3));
    expect(reading.unread('rm_1')).toBe(4);
  });

  it('are not those that were removed by the time they are counted', async () => {
    const readAfter = vi.fn(async () => [message(6), message(9, { deleted_at: 'now' })]);
    const reading = away(readAfter);
    reading.moved(news(9, 3));
    reading.moved(news(9, null));
    expect(reading.unread('rm_1')).toBe(3);
    await vi.waitFor(() => {
      expect(reading.unread('rm_1')).toBe(1);
    });
  });

  it('are none once all of them are removed', async () => {
    vi.useFakeTimers();
    const gone = [6, 7, 8].map((seq) => message(seq, { deleted_at: 'now' }));
    const readAfter = vi.fn(async () => gone);
    const reading = away(readAfter);
    reading.moved(news(8, 3));
    expect(reading.total).toBe(3);
    for (const head of [9, 10, 11]) reading.moved({ ...news(head, 0), others: 1 });
    await vi.advanceTimersByTimeAsync(2000);
    expect([reading.unread('rm_1'), reading.total]).toEqual([0, 0]);
    expect(readAfter).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it('stay after an edit, and are fewer by those that are removed; it is asked now and then', async () => {
    vi.useFakeTimers();
    const there = [message(6), message(7), message(8)];
    const readAfter = vi.fn(async () => there);
    const reading = away(readAfter);
    reading.moved(news(8, 3));
    reading.moved({ ...news(9, 0), others: 1 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(reading.unread('rm_1')).toBe(3);
    there[1] = message(7, { deleted_at: 'now' });
    for (let head = 10; head < 60; head += 1) reading.moved({ ...news(head, 0), others: 1 });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(reading.unread('rm_1')).toBe(2);
    expect(readAfter).toHaveBeenCalledTimes(2);
    // Where nothing is unread, nothing is asked.
    reading.readUpTo('rm_1', 60);
    reading.moved({ ...news(61, 0), others: 1 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readAfter).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it('are found behind pages of what is removed', async () => {
    const all = Array.from({ length: 250 }, (_, index) =>
      message(index + 6, index < 230 ? { deleted_at: 'now' } : {}),
    );
    const reading = away(
      vi.fn(async (_room: string, after: number, limit: number) =>
        all.filter(({ seq }) => seq > after).slice(0, limit),
      ),
    );
    reading.moved(news(255, 250));
    expect(reading.unread('rm_1')).toBe(100);
    reading.moved(news(256, null));
    await vi.waitFor(() => {
      expect(reading.unread('rm_1')).toBe(20);
    });
  });

  it('are read anew after a cut in which some were removed', async () => {
    const reading = away(vi.fn(async () => [message(6, { deleted_at: 'now' }), message(7)]));
    for (const seq of [6, 7]) reading.heard({ room: 'rm_1', message: message(seq), missed: false });
    reading.moved(news(9, null));
    await vi.waitFor(() => {
      expect(reading.unread('rm_1')).toBe(1);
    });
  });

  it('go with the room', () => {
    const reading = away();
    reading.moved(news(8, 3));
    reading.forget('rm_1');
    expect(reading.total).toBe(0);
    reading.moved(news(9, 1));
    reading.meet(new Map());
    expect(reading.total).toBe(0);
  });
});

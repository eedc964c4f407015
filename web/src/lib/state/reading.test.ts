import type { RoomState } from '@parlor/client';
import { describe, expect, it, vi } from 'vitest';
import { message } from '../../../tests/samples.ts';
import { Reading } from './reading.svelte.ts';

const SELF = 'usr_self';
const rooms = (seq: number) => new Map([['rm_1', { seq } as RoomState]]);
const nothing = async () => [];

describe('unread messages', () => {
  it('are those of others after the place one has read to', () => {
    const reading = new Reading(SELF, nothing);
    reading.meet(rooms(5));
    reading.heard({ room: 'rm_1', message: message(6), missed: false });
    reading.heard({ room: 'rm_1', message: message(7), missed: true });
    expect(reading.unread('rm_1')).toBe(2);
    reading.readUpTo('rm_1', 6);
    expect(reading.unread('rm_1')).toBe(1);
    expect(reading.total).toBe(1);
  });

  it('are read when one answers, here or elsewhere', () => {
    const reading = new Reading(SELF, nothing);
    reading.meet(rooms(5));
    reading.heard({ room: 'rm_1', message: message(6), missed: false });
    reading.heard({ room: 'rm_1', message: message(7, { author: SELF }), missed: false });
    expect(reading.unread('rm_1')).toBe(0);
  });

  it('are fewer when one is removed', () => {
    const reading = new Reading(SELF, nothing);
    reading.meet(rooms(5));
    reading.heard({ room: 'rm_1', message: message(6), missed: false });
    reading.removed('rm_1', message(6));
    expect(reading.unread('rm_1')).toBe(0);
  });

  it('are looked up where something happened while one was away, each counted once', async () => {
    new Reading(SELF, nothing).readUpTo('rm_1', 5);
    const readAfter = vi.fn(async () => [message(6), message(7, { author: SELF }), message(8)]);
    const reading = new Reading(SELF, readAfter);
    reading.meet(rooms(8));
    reading.heard({ room: 'rm_1', message: message(8), missed: false });
    await vi.waitFor(() => {
      expect(reading.unread('rm_1')).toBe(2);
    });
    expect(readAfter).toHaveBeenCalledExactlyOnceWith('rm_1', 5, expect.any(Number));
  });

  it('never come back by reading less', () => {
    const reading = new Reading(SELF, nothing);
    reading.readUpTo('rm_1', 9);
    reading.readUpTo('rm_1', 3);
    expect(reading.position('rm_1')).toBe(9);
    expect(new Reading(SELF, nothing).position('rm_1')).toBe(9);
  });

  it('are read in the other tab too', () => {
    const [one, other] = [new Reading(SELF, nothing), new Reading(SELF, nothing)];
    one.meet(rooms(5));
    one.heard({ room: 'rm_1', message: message(6), missed: false });
    other.readUpTo('rm_1', 6);
    one.syncFromStorage();
    expect(one.unread('rm_1')).toBe(0);
  });
});

// The order of rooms in the list and in the switcher.

import { expect, it, vi } from 'vitest';
import type { Message } from '@parlor/client';
import { LastMessages } from '../state/last-messages.svelte.ts';
import { sectionsOf } from './sections.ts';
import { commandsFor, roomsFor } from './switcher-entries.ts';

const rooms = ['Attic', 'Garden', 'Hall', 'Kitchen', 'Salon'].map((name) => ({
  id: `rm_${name}`,
  slug: name.toLowerCase(),
  name,
}));
const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name);
const unreadIn =
  (...unread: string[]) =>
  (id: string): boolean =>
    unread.some((name) => id === `rm_${name}`);

it('shows the unread rooms first, and leaves the open one where it was', () => {
  const unread = unreadIn('Garden', 'Salon');
  const closed = sectionsOf(rooms, unread, null);
  expect(names(closed.unread)).toEqual(['Garden', 'Salon']);
  expect(names(closed.others)).toEqual(['Attic', 'Hall', 'Kitchen']);
  // Read by now, but opened from among the unread.
  const reading = sectionsOf(rooms, unreadIn('Garden'), { slug: 'salon', wasUnread: true });
  expect(names(reading.unread)).toEqual(['Garden', 'Salon']);
  // Something came while it was open.
  const surprised = sectionsOf(rooms, unread, { slug: 'garden', wasUnread: false });
  expect(names(surprised.unread)).toEqual(['Salon']);
});

it('offers the room before, then the unread, the recent and the others, without the open one', () => {
  const recent = ['salon', 'kitchen', 'gone', 'attic'];
  const offered = (typed: string) =>
    names(roomsFor(rooms, typed, 'salon', recent, unreadIn('Garden', 'Salon')));
  expect(offered('')).toEqual(['Kitchen', 'Garden', 'Attic', 'Hall']);
  expect(offered('   ')).toEqual(['Kitchen', 'Garden', 'Attic', 'Hall']);
  expect(offered('sal')).toEqual(['Salon']);
  expect(names(roomsFor(rooms, '', null, [], () => false))).toEqual(names(rooms));
});

it('finds commands by their letters', () => {
  const commands = ['Create room', 'Browse rooms', 'Settings'].map((name) => ({
    name,
    icon: 'plus' as const,
    run: () => undefined,
  }));
  expect(commandsFor(commands, '')).toHaveLength(3);
  expect(names(commandsFor(commands, 'set'))).toEqual(['Settings']);
});

it('reads the last message of a room once for each place it has come to, and few at a time', async () => {
  vi.useFakeTimers();
  const asked: string[] = [];
  let most = 0;
  let under = 0;
  const last = new LastMessages(async (room) => {
    const nth = asked.push(room);
    most = Math.max(most, (under += 1));
    await new Promise((done) => setTimeout(done, 10));
    under -= 1;
    return { body: `last of ${room}, ${nth}` } as Message;
  });
  for (const room of ['a', 'b', 'c', 'd', 'e']) last.want(room, 5);
  last.want('a', 5);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(most).toBe(3);
  expect(last.of('d')?.body).toBe('last of d, 4');
  last.want('d', 4);
  expect(asked).toHaveLength(5);
  // A busy room: whatever comes while it is read, and shortly after, is one more request.
  for (let head = 6; head < 100; head += 1) last.want('d', head);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(6);
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked).toHaveLength(7);
  expect(last.of('d')?.body).toBe('last of d, 7');
  vi.useRealTimers();
});

it('asks again after a failure', async () => {
  const read = vi
    .fn(() => Promise.resolve({ body: 'here' } as Message))
    .mockRejectedValueOnce(new Error('cut'));
  const last = new LastMessages(read);
  last.want('a', 1);
  await vi.waitFor(() => {
    expect(read).toHaveBeenCalledOnce();
  });
  await Promise.resolve();
  expect(last.of('a')).toBeUndefined();
  await vi.waitFor(() => {
    last.want('a', 1);
    expect(last.of('a')?.body).toBe('here');
  });
});

import { describe, expect, it } from 'vitest';
import type { Room } from '@parlor/client';
import { member, user } from '../../../tests/samples.ts';
import { byPresence, inOrder } from '../members/order.ts';
import { matching, rank } from './match.ts';
import { isNewServer } from './new-server.ts';
import { neighbourOf } from './neighbours.ts';
import { mayBrowse, mayModerate, mayRename, maySetTopic } from './permissions.ts';

describe('finding a room', () => {
  const names = ['Launch week', 'Salon', 'Reading circle', 'Allotment', 'Café'];
  const found = (typed: string) => matching(names, typed, (name) => name);

  it('takes the beginning first, then words, then letters between', () => {
    expect(found('sal')).toEqual(['Salon']);
    expect(found('al')).toEqual(['Allotment', 'Salon', 'Reading circle']);
    expect(found('lw')).toEqual(['Launch week']);
    expect(found('xyz')).toEqual([]);
  });

  it('minds neither case nor accents', () => {
    expect(found('CAFE')).toEqual(['Café']);
  });

  it('shows all, in their order, for nothing', () => {
    expect(found('')).toEqual(names);
    expect(rank('Salon', '  ')).toBe(0);
  });
});

describe('the next room', () => {
  const rooms = ['a', 'b', 'c'].map((slug) => ({ id: `rm_${slug}`, slug }));
  const all = () => true;

  it('is the one below or above, around the end', () => {
    expect(neighbourOf(rooms, 'a', 1, all)?.slug).toBe('b');
    expect(neighbourOf(rooms, 'a', -1, all)?.slug).toBe('c');
    expect(neighbourOf(rooms, null, 1, all)?.slug).toBe('a');
    expect(neighbourOf(rooms, null, -1, all)?.slug).toBe('c');
  });

  it('may be wanted only if it has something unread', () => {
    expect(neighbourOf(rooms, 'a', 1, (id) => id === 'rm_c')?.slug).toBe('c');
    expect(neighbourOf(rooms, 'a', 1, () => false)).toBeUndefined();
    expect(neighbourOf([], null, 1, all)).toBeUndefined();
  });
});

describe('keeping order', () => {
  const room = (role?: string): Room => ({
    id: 'rm_a',
    slug: 'a',
    name: 'a',
    kind: 'public',
    topic: '',
    head: 1,
    epoch: 1,
    member_count: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    ...(role !== undefined && { role }),
  });
  const may = (role: string, place: string | undefined, other: string, otherPlace = 'member') => {
    const subject = { ...member('bo', otherPlace), user: user('bo', { role: other }) };
    return mayModerate(subject, room(place), user('ada', { role }));
  };

  it('is offered only towards those who have less to say', () => {
    expect(may('member', 'member', 'guest')).toBe(false);
    expect(may('member', 'moderator', 'member')).toBe(true);
    expect(may('member', 'moderator', 'member', 'moderator')).toBe(false);
    expect(may('member', 'owner', 'member', 'moderator')).toBe(true);
    expect(may('member', 'owner', 'admin')).toBe(false);
    expect(may('admin', undefined, 'member', 'owner')).toBe(true);
    expect(may('admin', 'owner', 'owner')).toBe(false);
    expect(may('owner', undefined, 'admin', 'owner')).toBe(true);
  });

  it('is not offered to whoever is muted, where the others would see it', () => {
    const ada = user('ada');
    const muted = { ...room('owner'), muted: { since: '2026-01-01T00:00:00.000Z' } };
    const may = (room: Room) => [
      mayRename(room, ada),
      maySetTopic(room, ada),
      mayModerate(member('bo'), room, ada),
    ];
    expect(may(muted)).toEqual([false, false, false]);
    expect(may(room('owner'))).toEqual([true, true, true]);
  });
});

it('is for guests, too, to see what rooms there are, where guests may come in from the street', () => {
  const may = (role: string, guests: string) => mayBrowse(user('ada', { role }), guests);
  expect([may('guest', 'open'), may('guest', 'invite'), may('guest', 'off')]).toEqual([true, false, false]);
  expect([may('member', 'off'), may('owner', 'invite')]).toEqual([true, true]);
  expect(mayBrowse(null, 'open')).toBe(false);
});

it('knows a server with which nothing has been done yet', () => {
  const lobby = (member_count: number): Room => ({
    id: 'rm_a',
    slug: 'a',
    name: 'a',
    kind: 'public',
    topic: '',
    head: 1,
    epoch: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    member_count,
  });
  const isNew = (role: string, rooms: number, members: number) =>
    isNewServer(user('ada', { role }), rooms, lobby(members));
  expect(isNew('owner', 1, 1)).toBe(true);
  expect([isNew('owner', 2, 1), isNew('owner', 1, 2), isNew('admin', 1, 1)]).toEqual([false, false, false]);
  expect(isNewServer(null, 1, lobby(1))).toBe(false);
});

describe('members', () => {
  const members = [member('zoe'), member('bo', 'owner'), member('ann'), member('max', 'moderator')];
  const ids = (list: typeof members) => list.map((one) => one.user.id);

  it('stand by role, then by name', () => {
    expect(ids(inOrder(members))).toEqual(['bo', 'max', 'ann', 'zoe']);
    const bots = ['Bot 10', 'bot 9', 'Åsa', 'azra'].map((id) => member(id));
    expect(ids(inOrder(bots))).toEqual(['Åsa', 'azra', 'bot 9', 'Bot 10']);
  });

  it('are here or away', () => {
    const { here, away } = byPresence(members, new Set(['zoe', 'max', 'stranger']));
    expect([ids(here), ids(away)]).toEqual([
      ['max', 'zoe'],
      ['bo', 'ann'],
    ]);
  });
});

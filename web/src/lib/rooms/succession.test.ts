import type { Room } from '@parlor/client';
import { expect, it } from 'vitest';
import { member, user } from '../../../tests/samples.ts';
import { successionOf } from './succession.ts';

const room = (kind: string, role: string, member_count = 3): Room => ({
  id: 'rm_a',
  slug: 'a',
  name: 'a',
  topic: '',
  head: 1,
  epoch: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  kind,
  role,
  member_count,
});
const came = (id: string, day: number, role = 'member', account = 'member') => ({
  ...member(id, role),
  user: user(id, { role: account }),
  joined_at: `2026-01-0${day}T00:00:00.000Z`,
});
const me = came('me', 1, 'owner');
const of = (kind: string, role: string, ...others: ReturnType<typeof came>[]) =>
  successionOf(room(kind, role, others.length + 1), [me, ...others], 'me');

it('passes the room on to whoever has been there longest', () => {
  expect(of('private', 'owner', came('bo', 4), came('cy', 2), came('dee', 3, 'moderator'))).toEqual({
    kind: 'heir',
    name: 'cy',
  });
  expect(of('public', 'owner', came('bo', 2), came('al', 2))).toEqual({ kind: 'heir', name: 'al' });
});

it('says nothing where nothing changes', () => {
  expect(of('private', 'owner', came('bo', 2), came('cy', 3, 'owner'))).toEqual({ kind: 'none' });
  expect(of('private', 'member', came('bo', 2, 'owner'))).toEqual({ kind: 'none' });
  expect(of('public', 'member')).toEqual({ kind: 'none' });
});

it('warns of a room that nobody can reach any more, or that nobody owns', () => {
  expect(of('private', 'owner')).toEqual({ kind: 'unreachable' });
  expect(of('private', 'member')).toEqual({ kind: 'unreachable' });
  expect(of('private', 'owner', came('gus', 2, 'member', 'guest'))).toEqual({ kind: 'ownerless' });
  expect(of('public', 'owner')).toEqual({ kind: 'ownerless' });
  // Who has left inherits nothing.
  expect(of('private', 'owner', { ...came('bo', 2), active: false })).toEqual({ kind: 'unreachable' });
});

it('goes by what is known as long as the members are not', () => {
  expect(successionOf(room('private', 'owner', 1), null, 'me')).toEqual({ kind: 'unreachable' });
  expect(successionOf(room('private', 'owner', 2), null, 'me')).toEqual({ kind: 'unknown' });
  expect(successionOf(room('private', 'member', 2), null, 'me')).toEqual({ kind: 'none' });
});

import { describe, expect, it } from 'vitest';
import { member } from '../../../tests/samples.ts';
import { byPresence, inOrder } from '../members/order.ts';
import { matching, rank } from './match.ts';
import { neighbourOf } from './neighbours.ts';

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

describe('members', () => {
  const members = [member('zoe'), member('bo', 'owner'), member('ann'), member('max', 'moderator')];
  const ids = (list: typeof members) => list.map((one) => one.user.id);

  it('stand by role, then by name', () => {
    expect(ids(inOrder(members))).toEqual(['bo', 'max', 'ann', 'zoe']);
  });

  it('are here or away', () => {
    const { here, away } = byPresence(members, new Set(['zoe', 'max', 'stranger']));
    expect([ids(here), ids(away)]).toEqual([
      ['max', 'zoe'],
      ['bo', 'ann'],
    ]);
  });
});

import { expect, it } from 'vitest';
import { byName } from './order.ts';

const sorted = (...names: string[]) => names.sort(byName);

it('puts names where people look for them', () => {
  expect(sorted('Random', 'Music', 'Kitchen', '1 Welcome', 'rnb')).toEqual([
    '1 Welcome',
    'Kitchen',
    'Music',
    'Random',
    'rnb',
  ]);
  expect(sorted('Room 10', 'room 9', 'Room 100', 'Room 2')).toEqual([
    'Room 2',
    'room 9',
    'Room 10',
    'Room 100',
  ]);
  expect(sorted('émile 3', 'Emil', 'Zoë', 'emily', 'Émile 12', 'zoe')).toEqual([
    'Emil',
    'émile 3',
    'Émile 12',
    'emily',
    'zoe',
    'Zoë',
  ]);
});

it('gives the same order whatever came first', () => {
  expect(sorted('Cafe', 'café', 'CAFE')).toEqual(sorted('CAFE', 'café', 'Cafe'));
});

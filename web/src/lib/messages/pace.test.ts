import { expect, test } from 'vitest';
import { AT_ONCE, Pace } from './pace.ts';

const lines = (from: number, to: number): { key: string }[] =>
  Array.from({ length: to - from }, (_, index) => ({ key: String(from + index) }));
const keys = (shown: readonly { key: string }[]): number[] => shown.map(({ key }) => Number(key));
const span = (shown: readonly { key: string }[]): (number | undefined)[] => [
  keys(shown).at(0),
  keys(shown).at(-1),
];

test('the first sight is whole, and so is a jump elsewhere', () => {
  const pace = new Pace();
  expect(span(pace.next(lines(100, 160)))).toEqual([100, 159]);
  expect(span(pace.next(lines(500, 620)))).toEqual([500, 619]);
  expect(pace.isWhole).toBe(true);
});

test('few lines come at once', () => {
  const pace = new Pace();
  pace.next(lines(100, 160));
  expect(span(pace.next(lines(100, 160 + AT_ONCE)))).toEqual([100, 159 + AT_ONCE]);
  expect(pace.isWhole).toBe(true);
});

test('a page comes over several frames, in order and without a hole', () => {
  const pace = new Pace();
  pace.next(lines(100, 400));
  const page = lines(40, 340);
  let [shown, frames] = [pace.next(page), 1];
  expect(span(shown)).toEqual([100 - AT_ONCE, 339]);
  expect([pace.startsWhole, pace.isWhole]).toEqual([false, false]);
  for (; !pace.isWhole; frames++) {
    shown = pace.next(page);
    expect(keys(shown)).toEqual(keys(page).slice(-shown.length));
  }
  expect(frames).toBe(60 / AT_ONCE);
  expect(pace.startsWhole).toBe(true);
  expect(shown).toBe(page);
});

test('what comes meanwhile at the other end is not held up', () => {
  const pace = new Pace();
  pace.next(lines(100, 160));
  pace.next(lines(40, 160));
  expect(span(pace.next(lines(40, 163)))).toEqual([100 - 2 * AT_ONCE, 162]);
});

test('a line that changes its key or goes holds nothing up', () => {
  const pace = new Pace();
  pace.next([...lines(1, 5), { key: 'nonce' }]);
  expect(keys(pace.next(lines(1, 7)))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(keys(pace.next(lines(3, 4)))).toEqual([3]);
  expect(pace.next([])).toEqual([]);
  expect(pace.isWhole).toBe(true);
});

test('all can be shown at once', () => {
  const pace = new Pace();
  pace.next(lines(100, 160));
  pace.next(lines(40, 160));
  expect(span(pace.whole(lines(40, 160)))).toEqual([40, 159]);
  expect(pace.isWhole).toBe(true);
});

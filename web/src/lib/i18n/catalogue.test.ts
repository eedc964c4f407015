import { describe, expect, it } from 'vitest';
import { dates, daysBetween } from './dates.ts';
import { enLater } from './en-later.ts';
import { en } from './en.ts';
import { plurals } from './plural.ts';

/** Every entry with its path; functions are called with plain arguments. */
function* entries(node: object, path = ''): Generator<[string, string]> {
  for (const [key, value] of Object.entries(node)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') yield [name, value];
    else if (typeof value === 'function') yield [name, (value as (...all: unknown[]) => string)(2, 2)];
    else yield* entries(value as object, name);
  }
}

describe('the catalogue', () => {
  it('has a text everywhere, with every number and name put in', () => {
    for (const [name, text] of [...entries(en), ...entries(enLater)]) {
      expect(text.trim(), name).not.toBe('');
      expect(text, name).not.toMatch(/undefined|NaN|\[object|#/);
    }
  });

  it('uses typographic marks', () => {
    for (const [name, text] of [...entries(en), ...entries(enLater)])
      expect(text, name).not.toMatch(/'|\.\.\./);
  });

  it('counts', () => {
    expect(en.rooms.unread(1)).toBe('1 unread message');
    expect(en.rooms.unread(1234)).toBe('1,234 unread messages');
    expect(en.timeline.jumpNew(12)).toBe('Jump to latest (12 new)');
  });

  it('picks the forms of other languages by their rules', () => {
    const forms = { one: '# сообщение', few: '# сообщения', many: '# сообщений', other: '# сообщения' };
    expect([1, 3, 5].map((count) => plurals('ru')(count, forms))).toEqual([
      '1 сообщение',
      '3 сообщения',
      '5 сообщений',
    ]);
  });
});

describe('days', () => {
  const { dayName, since, until } = dates('en-GB');
  const now = new Date(2026, 5, 10, 9, 30);

  it('have names when they are near', () => {
    expect(dayName(new Date(2026, 5, 10, 0, 1), now)).toBe('Today');
    expect(dayName(new Date(2026, 5, 9, 23, 59), now)).toBe('Yesterday');
    expect(dayName(new Date(2026, 5, 8), now)).toMatch(/^Monday,? 8 June$/);
    expect(dayName(new Date(2025, 5, 8), now)).toMatch(/^Sunday,? 8 June 2025$/);
  });

  it('are counted by midnights', () => {
    expect(daysBetween(new Date(2026, 5, 9, 23, 59), new Date(2026, 5, 10, 0, 1))).toBe(1);
    expect(daysBetween(new Date(2026, 2, 28, 12), new Date(2026, 2, 30, 12))).toBe(2);
  });

  it('tell how long ago and how soon', () => {
    expect(since(new Date(2026, 5, 10, 9, 25), now)).toBe('5 minutes ago');
    expect(until(new Date(2026, 5, 13, 9, 30), now)).toBe('in 3 days');
    expect(since(new Date(2026, 5, 11), now)).toBe('this minute');
  });

  it('are rounded as people do, at every bound', () => {
    const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
    const table: readonly (readonly [distance: number, soon: string, ago: string])[] = [
      [0, 'this minute', 'this minute'],
      [29 * second, 'this minute', 'this minute'],
      [30 * second, 'in 1 minute', '1 minute ago'],
      [89 * second, 'in 1 minute', '1 minute ago'],
      [90 * second, 'in 2 minutes', '2 minutes ago'],
      [10 * minute - 1, 'in 10 minutes', '10 minutes ago'],
      [59 * minute + 29 * second, 'in 59 minutes', '59 minutes ago'],
      [59 * minute + 30 * second, 'in 1 hour', '1 hour ago'],
      [hour - 1, 'in 1 hour', '1 hour ago'],
      [hour, 'in 1 hour', '1 hour ago'],
      [90 * minute - 1, 'in 1 hour', '1 hour ago'],
      [90 * minute, 'in 2 hours', '2 hours ago'],
      [23 * hour + 29 * minute, 'in 23 hours', '23 hours ago'],
      [23 * hour + 30 * minute, 'in 1 day', '1 day ago'],
      [day - 1, 'in 1 day', '1 day ago'],
      [36 * hour - 1, 'in 1 day', '1 day ago'],
      [36 * hour, 'in 2 days', '2 days ago'],
      [7 * day - 2 * second, 'in 7 days', '7 days ago'],
      [30 * day - 1, 'in 30 days', '30 days ago'],
      [365 * day, 'in 365 days', '365 days ago'],
    ];
    for (const [distance, soon, ago] of table) {
      expect(until(now.getTime() + distance, now), `${distance} to come`).toBe(soon);
      expect(since(now.getTime() - distance, now), `${distance} ago`).toBe(ago);
    }
  });

  it('count waits down in what people count in', () => {
    const { seconds } = dates('en-GB');
    const soon = [0, 1, 60, 61, 120, 121, 3600, 3601, 7200, 7201].map((count) => seconds(count));
    expect(soon).toEqual([
      'now',
      'in 1 second',
      'in 60 seconds',
      'in 2 minutes',
      'in 2 minutes',
      'in 3 minutes',
      'in 60 minutes',
      'in 2 hours',
      'in 2 hours',
      'in 3 hours',
    ]);
  });

  it('have the forms of other languages', () => {
    const day = 86_400_000;
    const soon = [1, 3, 5].map((days) => dates('ru').until(now.getTime() + days * day, now));
    expect(soon).toEqual(['через 1 день', 'через 3 дня', 'через 5 дней']);
  });

  it('are told by the given clock', () => {
    const { since: told } = dates('en-GB', () => now.getTime() + 300_000);
    expect(told(now)).toBe('5 minutes ago');
  });
});

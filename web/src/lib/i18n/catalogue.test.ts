import { describe, expect, it } from 'vitest';
import { dates, daysBetween } from './dates.ts';
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
    for (const [name, text] of entries(en)) {
      expect(text.trim(), name).not.toBe('');
      expect(text, name).not.toMatch(/undefined|NaN|\[object|#/);
    }
  });

  it('uses typographic marks', () => {
    for (const [name, text] of entries(en)) expect(text, name).not.toMatch(/'|\.\.\./);
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
});

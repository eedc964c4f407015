import { expect, test } from 'vitest';
import { isolated, isolating } from './direction.ts';
import { enLater } from './en-later.ts';
import { en } from './en.ts';
import { t } from './index.ts';
import { later } from './later.ts';

const [OPEN, CLOSE] = ['\u2068', '\u2069'];

test('a text of the same direction stays as it is', () => {
  for (const text of ['Ada', 'Zoë Ó Súilleabháin', '日本語', 'Hello (world)!', '']) {
    expect(isolated(text)).toBe(text);
  }
});

test('a text that turns is kept apart from the words around it', () => {
  for (const text of ['שלום!', 'Ada שלום', 'علی‌رضا', 'ܫܠܡܐ', 'ߒߞߏ', '𞤀𞤣𞤤𞤢𞤥']) {
    expect(isolated(text)).toBe(OPEN + text + CLOSE);
  }
});

test('what somebody wrote cannot leave its place', () => {
  expect(isolated('a\u202eb\u2069c')).toBe(`${OPEN}abc${CLOSE}`);
  expect(isolated('\u2067א\u2069\u2069')).toBe(`${OPEN}א${CLOSE}`);
});

test('more marks than any script stacks are left out of a sentence, and those of scripts are not', () => {
  expect(isolated(`Z${'\u0301'.repeat(60)}a`)).toBe(`Z${'\u0301'.repeat(4)}a`);
  expect(isolated(`Z${'\u0316\u0301'.repeat(30)}`)).toBe('Z\u0316\u0301\u0316\u0301');
  expect(isolated(`ก${'\u0e47'.repeat(60)}`)).toBe(`ก${'\u0e47'.repeat(6)}`);
  expect(isolated(`ก${'\u0e47\u0301'.repeat(30)}`)).toBe(`ก${'\u0e47\u0301'.repeat(3)}`);
  for (const text of ['ệ', 'กี่', 'น้ำ', 'क्ष्म्य', 'བསྒྲུབས', 'လျှို့ဝှက်', 'ကြွှို့', 'ស្ត្រី', 'ശ്രീ', '❤️‍🔥', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'])
    expect(isolated(text)).toBe(text);
  for (const text of ['בְּרֵאשִׁ֖ית', 'ٱلرَّحْمَٰنِ']) expect(isolated(text)).toBe(OPEN + text + CLOSE);
});

test('every sentence of the catalogue isolates what is put into it', () => {
  const seen: string[] = [];
  const walk = (plain: unknown, shown: unknown, path: string): void => {
    if (typeof plain === 'function') {
      // Numbers first where one is counted: the texts are what matters here.
      const values = Array.from({ length: plain.length }, () => 'שלום!');
      const text = (shown as (...given: unknown[]) => string)(...values);
      if (text.includes('שלום!')) {
        seen.push(path);
        expect(text, path).toContain(`${OPEN}שלום!${CLOSE}`);
      }
    } else if (typeof plain === 'object' && plain !== null) {
      for (const [key, value] of Object.entries(plain)) {
        walk(value, (shown as Record<string, unknown>)[key], `${path}.${key}`);
      }
    }
  };
  walk(en, t, 'en');
  walk(enLater, later, 'en');
  expect(seen).toContain('en.moderation.kickTitle');
  expect(seen).toContain('en.composer.placeholder');
});

test('texts, numbers and plurals go through', () => {
  expect(isolating('Close')).toBe('Close');
  expect(t.rooms.unread(2)).toBe(en.rooms.unread(2));
  expect(t.timeline.announceMany(3, 'Hall')).toBe(en.timeline.announceMany(3, 'Hall'));
});

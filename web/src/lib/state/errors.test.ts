import { ParlorError } from '@parlor/client';
import { expect, it } from 'vitest';
import { t } from '../i18n/index.ts';
import { inWords } from './errors.ts';

it('says what a message that was not sent was refused for', () => {
  expect(inWords({ code: 'forbidden', message: 'Not now.' })).toBe('Not now.');
  expect(inWords({ code: 'busy', message: 'Full.' })).toBe(t.errors.busy);
});

it('says the same of an error that was thrown, and of any other', () => {
  expect(inWords(new ParlorError('forbidden', 'Not now.'))).toBe('Not now.');
  expect(inWords(new TypeError('fetch failed'))).toBe(t.errors.network);
});

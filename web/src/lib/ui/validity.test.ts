import { expect, it } from 'vitest';
import { later } from '../i18n/later.ts';
import { problemOf } from './validity.ts';

it('says what is missing, blanks or not', () => {
  for (const value of ['', '  ', '\u00a0'])
    expect(problemOf(value, { required: true }), value).toBe(later.form.missing);
  expect(problemOf('', {})).toBeNull();
  expect(problemOf('', { minlength: 8 })).toBeNull();
  // A password of blanks is one.
  expect(problemOf('        ', { required: true, minlength: 8, isSecret: true })).toBeNull();
});

it('counts characters, not units of UTF-16 or marks that belong to a letter', () => {
  expect(problemOf('abcdefg', { minlength: 8 })).toBe(later.form.tooShort(8));
  expect(problemOf('abcdefgh', { minlength: 8 })).toBeNull();
  expect(problemOf('😀😀😀😀', { minlength: 8 })).toBe(later.form.tooShort(8));
  expect(problemOf('e\u0301'.repeat(7), { minlength: 8 })).toBe(later.form.tooShort(8));
  expect(problemOf('😀'.repeat(64), { maxlength: 64 })).toBeNull();
  expect(problemOf('x'.repeat(66), { maxlength: 64 })).toBe(later.form.tooLong(2));
  expect(problemOf(` ${'x'.repeat(64)} `, { maxlength: 64 })).toBeNull();
});

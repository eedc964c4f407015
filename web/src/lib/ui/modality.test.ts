import { expect, it } from 'vitest';
import { markFocusByKey } from './modality.ts';

const press = (key: string): void => {
  dispatchEvent(new KeyboardEvent('keydown', { key }));
};

it('marks a field that a key has brought the focus to, until it is clicked or left', () => {
  const field = document.createElement('textarea');
  markFocusByKey(field);
  press('Tab');
  field.dispatchEvent(new FocusEvent('focus'));
  expect(field.hasAttribute('data-by-key')).toBe(true);
  field.dispatchEvent(new MouseEvent('pointerdown'));
  expect(field.hasAttribute('data-by-key')).toBe(false);
  press('Enter');
  field.dispatchEvent(new FocusEvent('focus'));
  expect(field.hasAttribute('data-by-key')).toBe(false);
});

it('leaves the click to the browser, which gives the focus', () => {
  const field = document.createElement('textarea');
  markFocusByKey(field);
  expect(field.onpointerdown?.(new MouseEvent('pointerdown') as PointerEvent)).not.toBe(false);
});

import { expect, it } from 'vitest';
import { keyCap, keyHelp } from './key-help.ts';
import { actionOf } from './keys.ts';

const press = (key: string, init: KeyboardEventInit = {}, target: HTMLElement = document.body) => {
  let action: ReturnType<typeof actionOf> = null;
  const listener = (event: Event) => (action = actionOf(event as KeyboardEvent));
  target.addEventListener('keydown', listener);
  target.dispatchEvent(new KeyboardEvent('keydown', { key, ...init }));
  target.removeEventListener('keydown', listener);
  return action;
};

it('knows the keys', () => {
  expect(press('k', { ctrlKey: true })).toBe('switcher');
  expect(press('K', { metaKey: true })).toBe('switcher');
  expect(press('ArrowUp', { altKey: true })).toBe('previousRoom');
  expect(press('ArrowDown', { altKey: true, shiftKey: true })).toBe('nextUnread');
  expect(press('.', { ctrlKey: true })).toBe('info');
});

it('takes a plain key for what it is', () => {
  expect(press('k')).toBeNull();
  expect(press('ArrowUp')).toBeNull();
  expect(press('k', { ctrlKey: true, altKey: true })).toBeNull();
  expect(press('k', { ctrlKey: true, isComposing: true })).toBeNull();
});

it('opens the help with a question mark, but not while writing', () => {
  expect(press('?', { shiftKey: true })).toBe('help');
  expect(press('?', { shiftKey: true }, document.createElement('textarea'))).toBeNull();
});

it('shows a meaning for every key', () => {
  const rows = keyHelp().flatMap((group) => group.rows);
  expect(rows.length).toBeGreaterThan(12);
  for (const [keys, meaning] of rows)
    expect(keys.every((key) => keyCap(key, false) !== '') && meaning !== '').toBe(true);
});

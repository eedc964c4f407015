import { describe, expect, it } from 'vitest';
import { keyCap, keyHelp } from './key-help.ts';
import { actionOf, isComposing, keepFromBrowser } from './keys.ts';

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

describe('a key of an input method', () => {
  const key = (init: KeyboardEventInit & { keyCode?: number }): KeyboardEvent => {
    const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
    // Chromium takes `keyCode` from the dictionary; not every document does.
    Object.defineProperty(event, 'keyCode', { value: init.keyCode ?? 0 });
    return event;
  };

  it('is told by either sign', () => {
    expect(isComposing(key({ key: 'Enter', isComposing: true }))).toBe(true);
    expect(isComposing(key({ key: 'Enter', keyCode: 229 }))).toBe(true);
    expect(isComposing(key({ key: 'Enter', keyCode: 13 }))).toBe(false);
  });

  it('is no shortcut', () => {
    expect(actionOf(key({ key: 'k', ctrlKey: true, keyCode: 229 }))).toBeNull();
    expect(actionOf(key({ key: 'ArrowDown', altKey: true, keyCode: 229 }))).toBeNull();
    expect(actionOf(key({ key: '?', shiftKey: true, keyCode: 229 }))).toBeNull();
  });

  it('sends no form and closes no dialog, and is left to a text of several lines', () => {
    const kept = (name: string, tag: string, keyCode: number): boolean => {
      const field = document.createElement(tag);
      const event = key({ key: name, keyCode });
      field.addEventListener('keydown', keepFromBrowser);
      field.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(kept('Enter', 'input', 229)).toBe(true);
    expect(kept('Escape', 'input', 229)).toBe(true);
    expect(kept('Escape', 'textarea', 229)).toBe(true);
    expect(kept('Enter', 'textarea', 229)).toBe(false);
    expect(kept('a', 'input', 229)).toBe(false);
    expect(kept('Enter', 'input', 13)).toBe(false);
    expect(kept('Escape', 'input', 27)).toBe(false);
  });
});

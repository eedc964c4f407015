import { describe, expect, it } from 'vitest';
import { bytesOf, keyMeaning } from './writing.ts';

const key = (name: string, change: Partial<Parameters<typeof keyMeaning>[0]> = {}) => ({
  key: name,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 0,
  ...change,
});
const written = { isEmpty: false, isTouch: false };
const empty = { isEmpty: true, isTouch: false };

describe('Enter', () => {
  it('sends', () => {
    expect(keyMeaning(key('Enter'), written)).toBe('send');
  });

  it('begins a new line with Shift, and on touch screens', () => {
    expect(keyMeaning(key('Enter', { shiftKey: true }), written)).toBeNull();
    expect(keyMeaning(key('Enter'), { ...written, isTouch: true })).toBeNull();
    expect(keyMeaning(key('Enter', { ctrlKey: true }), { ...written, isTouch: true })).toBe('send');
  });

  it('chooses a word while one is being composed', () => {
    expect(keyMeaning(key('Enter', { isComposing: true }), written)).toBeNull();
    expect(keyMeaning(key('Enter', { keyCode: 229 }), written)).toBeNull();
    expect(keyMeaning(key('ArrowUp', { keyCode: 229 }), empty)).toBeNull();
  });
});

describe('the arrow up', () => {
  it('edits or answers the last message, only in an empty field', () => {
    expect(keyMeaning(key('ArrowUp'), empty)).toBe('edit-last');
    expect(keyMeaning(key('ArrowUp', { shiftKey: true }), empty)).toBe('reply-last');
    expect(keyMeaning(key('ArrowUp'), written)).toBeNull();
  });

  it('leaves the keys of the rooms alone', () => {
    expect(keyMeaning(key('ArrowUp', { altKey: true }), empty)).toBeNull();
  });
});

it('counts bytes as the server does', () => {
  expect(bytesOf('aé€😀')).toBe(1 + 2 + 3 + 4);
});

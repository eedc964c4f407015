import { describe, expect, it } from 'vitest';
import { fitOf, keyMeaning } from './writing.ts';

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

describe('how much is too much', () => {
  const over = (text: string, maxBytes: number) => fitOf(text, maxBytes).over;

  it('is counted in bytes, as the server does', () => {
    expect(over('aé€😀', 10)).toBe(0);
    expect(over('aé€😀', 9)).toBe(1);
    expect(over('x'.repeat(25_000), 16_384)).toBe(8_616);
  });

  it('is told in characters as people see them', () => {
    expect(over('日本語', 6)).toBe(1);
    // One picture of 25 bytes, an accent that is a mark of its own, a syllable of three code points.
    expect(over('ab👩‍👩‍👧‍👧', 26)).toBe(1);
    expect(over('cafe\u0301!', 5)).toBe(2);
    expect(over('क्षि', 3)).toBe(1);
  });

  it('is nothing while it fits, whatever the limit', () => {
    expect(fitOf('hello', Infinity)).toEqual({ over: 0, left: null });
    expect(fitOf('', 10)).toEqual({ over: 0, left: null });
  });

  it('is told before it is reached, in the characters of the text', () => {
    expect(fitOf('x'.repeat(890), 1000).left).toBeNull();
    expect(fitOf('x'.repeat(950), 1000)).toEqual({ over: 0, left: 50 });
    expect(fitOf('語'.repeat(320), 1000)).toEqual({ over: 0, left: 13 });
    expect(fitOf('x'.repeat(1000), 1000)).toEqual({ over: 0, left: 0 });
  });

  it('is counted soon in very long texts too', () => {
    expect(over('x'.repeat(3_000_000), 16_384)).toBe(3_000_000 - 16_384);
  });
});

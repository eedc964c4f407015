import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Activity } from './activity.svelte.ts';

let activity: Activity;
let stop: () => void;

function show(isShown: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(!isShown);
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
  activity = new Activity();
  stop = activity.watch();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

it('ends when the window loses the focus, and comes back with it', () => {
  expect(activity.isActive).toBe(true);
  window.dispatchEvent(new FocusEvent('blur'));
  expect(activity.isActive).toBe(false);
  // A pointer that passes over a window without the focus is at work elsewhere.
  window.dispatchEvent(new Event('pointermove'));
  expect(activity.isActive).toBe(false);
  window.dispatchEvent(new FocusEvent('focus'));
  expect([activity.isActive, activity.wasHidden]).toEqual([true, false]);
});

it('is not ended by a field that loses the focus', () => {
  const field = document.body.appendChild(document.createElement('input'));
  field.dispatchEvent(new FocusEvent('blur', { bubbles: true }));
  expect(activity.isActive).toBe(true);
  field.remove();
});

it('ends when the page is hidden, which is remembered until the next time', () => {
  show(false);
  expect(activity.isActive).toBe(false);
  show(true);
  expect([activity.isActive, activity.wasHidden]).toEqual([true, true]);
  window.dispatchEvent(new FocusEvent('blur'));
  expect(activity.wasHidden).toBe(false);
});

it('ends when nobody touches anything for long, and comes back with a touch', () => {
  vi.advanceTimersByTime(150_000);
  window.dispatchEvent(new Event('keydown'));
  vi.advanceTimersByTime(150_000);
  expect(activity.isActive).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(activity.isActive).toBe(false);
  window.dispatchEvent(new Event('pointermove'));
  expect(activity.isActive).toBe(true);
});

it('knows after a sleep, in which no timer ran, that nobody was there', () => {
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(activity.look()).toBe(false);
});

import { afterEach, expect, test, vi } from 'vitest';
import { Preference, type DensityChoice } from './preference.svelte.ts';

const DENSITIES = ['normal', 'compact', 'large'] as const;
const density = () => new Preference<DensityChoice>('density', DENSITIES);

afterEach(() => {
  delete document.documentElement.dataset['density'];
  localStorage.clear();
});

test('a choice is an attribute of the page, and is found again', () => {
  density().choice = 'compact';
  expect(document.documentElement.dataset['density']).toBe('compact');
  expect(density().choice).toBe('compact');
  density().choice = 'normal';
  expect(document.documentElement.dataset['density']).toBeUndefined();
  expect(localStorage.getItem('parlor.density')).toBeNull();
});

test('what is stored and is no choice is the usual one', () => {
  localStorage.setItem('parlor.density', 'enormous');
  expect(density().choice).toBe('normal');
});

test('where nothing may be stored a choice holds for now', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const one = density();
  one.choice = 'large';
  expect(one.choice).toBe('large');
  expect(document.documentElement.dataset['density']).toBe('large');
});

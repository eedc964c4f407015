import type { Component } from 'svelte';
import { expect, it, vi } from 'vitest';
import { Chunk, prefetchWhenIdle } from './chunk.svelte.ts';

const Shown: Component = () => ({});

it('loads once, however many wait', async () => {
  const load = vi.fn(() => Promise.resolve(Shown));
  const chunk = new Chunk(load);
  expect(chunk.component).toBeNull();
  await Promise.all([chunk.load(), chunk.prefetch(), chunk.load()]);
  await chunk.load();
  expect(chunk.component).toBe(Shown);
  expect(load).toHaveBeenCalledOnce();
});

it('tells of a failure to those who wait, and tries again when asked', async () => {
  const load = vi.fn(() => Promise.resolve(Shown)).mockRejectedValueOnce(new TypeError('not fetched'));
  const chunk = new Chunk(load);
  await chunk.load();
  expect([chunk.component, chunk.hasFailed]).toEqual([null, true]);
  const again = chunk.load();
  expect(chunk.hasFailed).toBe(false);
  await again;
  expect([chunk.component, chunk.hasFailed]).toEqual([Shown, false]);
});

it('says nothing of a failure that nobody waited for', async () => {
  const chunk = new Chunk(
    vi.fn(() => Promise.resolve(Shown)).mockRejectedValueOnce(new TypeError('not fetched')),
  );
  await chunk.prefetch();
  expect(chunk.hasFailed).toBe(false);
  await chunk.load();
  expect(chunk.component).toBe(Shown);
});

it('tells somebody who comes while it is prefetched, if that fails', async () => {
  let fail: (reason: Error) => void = () => undefined;
  const chunk = new Chunk(() => new Promise<typeof Shown>((_, no) => (fail = no)));
  const ahead = chunk.prefetch();
  const waiting = chunk.load();
  fail(new TypeError('not fetched'));
  await Promise.all([ahead, waiting]);
  expect(chunk.hasFailed).toBe(true);
});

it('prefetches one after another, until it is stopped', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('requestIdleCallback', (work: () => void) => setTimeout(work, 10));
  const asked: number[] = [];
  const chunks = [1, 2, 3].map((name) => ({
    prefetch: () => {
      asked.push(name);
      return Promise.resolve();
    },
  }));
  const stop = prefetchWhenIdle(chunks);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toEqual([1]);
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toEqual([1, 2]);
  stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toEqual([1, 2]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('prefetches nothing for those who count their bytes', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { connection: { saveData: true } });
  const prefetch = vi.fn(() => Promise.resolve());
  prefetchWhenIdle([{ prefetch }]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(prefetch).not.toHaveBeenCalled();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

import type { Muted } from '@parlor/client';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MuteWatch } from './muted.svelte.ts';

const START = Date.parse('2026-06-01T12:00:00.000Z');
const HOUR = 3_600_000;
const lasting = (milliseconds: number): Muted => ({
  since: new Date(Date.now()).toISOString(),
  until: new Date(Date.now() + milliseconds).toISOString(),
});

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch of a mute that can be replaced, and what was seen of it, one entry a change. */
function watch(first?: Muted) {
  let muted = $state.raw(first);
  const seen: boolean[] = [];
  const stop = $effect.root(() => {
    const mute = new MuteWatch(() => muted);
    $effect(() => {
      if (seen.at(-1) !== mute.holds) seen.push(mute.holds);
    });
  });
  flushSync();
  const set = (next: Muted | undefined): void => {
    muted = next;
    flushSync();
  };
  const pass = (milliseconds: number): void => {
    vi.advanceTimersByTime(milliseconds);
    flushSync();
  };
  return { seen, set, pass, stop };
}

describe('a mute', () => {
  it('is over at its time, and not before', () => {
    const { seen, pass, stop } = watch(lasting(HOUR));
    pass(HOUR - 1);
    expect(seen).toEqual([true]);
    pass(1);
    expect(seen).toEqual([true, false]);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is timed from when it comes, not from when one began to look', () => {
    const { seen, set, pass, stop } = watch();
    pass(5 * HOUR);
    set(lasting(HOUR));
    pass(HOUR);
    expect(seen).toEqual([false, true, false]);
    stop();
  });

  it('may last longer than a timer counts, or for good', () => {
    const { seen, set, pass, stop } = watch(lasting(60 * 24 * HOUR));
    pass(60 * 24 * HOUR - 1);
    expect(seen).toEqual([true]);
    pass(1);
    expect(seen).toEqual([true, false]);
    set({ since: new Date().toISOString() });
    pass(400 * 24 * HOUR);
    expect(seen).toEqual([true, false, true]);
    stop();
  });

  it('is looked at again when a machine wakes up', () => {
    const { seen, stop } = watch(lasting(HOUR));
    vi.setSystemTime(START + 2 * HOUR);
    document.dispatchEvent(new Event('visibilitychange'));
    flushSync();
    expect(seen).toEqual([true, false]);
    stop();
  });
});

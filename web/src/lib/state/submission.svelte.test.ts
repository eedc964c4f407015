import { ParlorError } from '@parlor/client';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { t } from '../i18n/index.ts';
import { Submission } from './submission.svelte.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  stop?.();
  vi.useRealTimers();
});

let stop: (() => void) | undefined;

function made(): Submission {
  let submission: Submission | undefined;
  stop = $effect.root(() => {
    submission = new Submission();
  });
  return submission as Submission;
}

const failing = (submission: Submission, error: ParlorError) =>
  submission.run(() => Promise.reject(error)).then(() => flushSync());

describe('a refusal for a time', () => {
  it('is counted down, and not told once it is over', async () => {
    const submission = made();
    await failing(submission, new ParlorError('rate_limited', 'Too often.', { retryAfter: 61.2 }));
    expect(submission.trouble()).toBe(t.errors.rate_limited('in 2 minutes'));
    vi.advanceTimersByTime(53_300);
    expect(submission.trouble()).toBe(t.errors.rate_limited('in 8 seconds'));
    // Somebody sets the device's clock: that is no reason to wait longer.
    vi.setSystemTime(Date.now() - 600_000);
    vi.advanceTimersByTime(8000);
    flushSync();
    expect(submission.trouble()).toBeNull();
  });

  it('gives way to the next try', async () => {
    const submission = made();
    await failing(submission, new ParlorError('busy', 'Busy.', { retryAfter: 5 }));
    expect(submission.trouble()).toBe(t.errors.busy);
    await failing(submission, new ParlorError('wrong_credentials', 'No.'));
    vi.advanceTimersByTime(10_000);
    flushSync();
    expect(submission.trouble()).toBe(t.errors.wrong_credentials);
    await submission.run(() => Promise.resolve());
    expect(submission.trouble()).toBeNull();
  });
});

it('blames a field where there is one', async () => {
  const submission = made();
  await failing(
    submission,
    new ParlorError('invalid_field', 'It is too short.', { details: { field: 'name' } }),
  );
  expect([submission.of('name'), submission.trouble('name')]).toEqual(['It is too short.', null]);
  expect([submission.of('topic'), submission.trouble('topic')]).toEqual([null, 'It is too short.']);
});

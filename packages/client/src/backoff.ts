// How long to wait before the next attempt. Pure.

/** The first step, in milliseconds. */
export const BACKOFF_BASE = 500;
/** No wait is longer, in milliseconds, except where the server asked for it. */
export const BACKOFF_CAP = 30_000;
/** No wish of a server is longer, in seconds: a timer can't wait for longer than some days. */
export const RETRY_AFTER_CAP = 86_400;

/**
 * Full jitter: anywhere between nothing and a bound that doubles, so that a thousand clients of a restarted server do
 * not come back in step. `retryAfter` (seconds) is the server's wish and a lower bound.
 */
export function backoff(attempt: number, random: () => number, retryAfter = 0): number {
  const bound = Math.min(BACKOFF_CAP, BACKOFF_BASE * 2 ** Math.min(attempt, 16));
  return Math.round(Math.min(retryAfter, RETRY_AFTER_CAP) * 1000 + random() * bound);
}

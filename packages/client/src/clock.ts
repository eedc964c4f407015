// What time it is at the server. The device's own clock may be wrong, also by years; durations by it are right.

import { type Readable, Value } from './observable.ts';

export class ServerClock {
  readonly #now: () => number;
  readonly #offset = new Value(0);

  /** `now` is the device's clock, in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * How much the server's clock is ahead of the device's, in milliseconds; 0 until the server told its time. What it told
   * was a moment on its way, so what ends by this clock ends that little too late, never too early.
   */
  get offset(): Readable<number> {
    return this.#offset;
  }

  /** The server's time, in milliseconds since 1970. */
  now(): number {
    return this.#now() + this.#offset.get();
  }

  /** The server says what time it is; anything that is no time, as of a server that says none, is left aside. */
  learn(told: unknown): void {
    const time = typeof told === 'string' ? Date.parse(told) : Number.NaN;
    if (Number.isNaN(time)) return;
    this.#offset.set(time - this.#now());
  }
}

// Seconds until a moment, counted down.

export class Countdown {
  #seconds = $state(0);

  /** Whole seconds that are left, never negative. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Counts down to a moment by the device's clock, in milliseconds since 1970, then calls `done`. Returns how to stop. */
  to(moment: number, done?: () => void): () => void {
    return this.in(moment - Date.now(), done);
  }

  /** Counts down for so many milliseconds, by a clock that nobody sets, then calls `done`. Returns how to stop. */
  in(milliseconds: number, done?: () => void): () => void {
    const end = performance.now() + milliseconds;
    const tick = (): void => {
      const left = end - performance.now();
      this.#seconds = Math.max(0, Math.ceil(left / 1000));
      if (left > 0) return;
      clearInterval(timer);
      done?.();
    };
    const timer = setInterval(tick, 250);
    tick();
    return () => {
      clearInterval(timer);
    };
  }
}

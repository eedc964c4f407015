// Seconds until a moment, counted down.

export class Countdown {
  #seconds = $state(0);

  /** Whole seconds that are left, never negative. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Counts down to a moment in milliseconds since 1970, then calls `done`. Returns how to stop. */
  to(moment: number, done?: () => void): () => void {
    const tick = (): void => {
      this.#seconds = Math.max(0, Math.ceil((moment - Date.now()) / 1000));
      if (moment > Date.now()) return;
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

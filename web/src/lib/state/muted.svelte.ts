// Whether a mute holds at this moment, by the server's clock: it ends by itself, and no event tells.

import { isMuted, type Muted } from '@parlor/client';
import { serverTime } from './server-time.svelte.ts';

/** The longest wait at once, in milliseconds: browsers' timers end somewhere beyond 24 days. */
const LONGEST = 24 * 60 * 60 * 1000;

export class MuteWatch {
  readonly #mute: () => Muted | undefined;
  /** Grows when it is time to look at the clock again. */
  #looks = $state(0);

  /** Must be made where effects may be: it wakes up when the mute is over. */
  constructor(mute: () => Muted | undefined) {
    this.#mute = mute;
    $effect(() => this.#wait());
  }

  get holds(): boolean {
    void this.#looks;
    return isMuted(this.#mute(), serverTime.now());
  }

  #wait(): (() => void) | undefined {
    void this.#looks;
    const until = this.#mute()?.until;
    const left = until === undefined ? 0 : Date.parse(until) - serverTime.now();
    if (left <= 0) return undefined;
    const look = (): void => {
      this.#looks += 1;
    };
    const timer = setTimeout(look, Math.min(left, LONGEST));
    // While a machine sleeps, timers do not count.
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }
}

// Whether a mute holds at this moment: it ends by itself, and no event tells.

import { isMuted, type Muted } from '@parlor/client';

/** Timers of browsers count no further than 24 days. */
const LONGEST = 24 * 60 * 60 * 1000;

export class MuteWatch {
  readonly #mute: () => Muted | undefined;
  #now = $state(Date.now());

  /** Must be made where effects may be: it wakes up when the mute is over. */
  constructor(mute: () => Muted | undefined) {
    this.#mute = mute;
    $effect(() => this.#wait());
  }

  get holds(): boolean {
    return isMuted(this.#mute(), Math.max(this.#now, Date.now()));
  }

  #wait(): (() => void) | undefined {
    const until = this.#mute()?.until;
    const left = until === undefined ? 0 : Date.parse(until) - Math.max(this.#now, Date.now());
    if (left <= 0) return undefined;
    const timer = setTimeout(
      () => {
        this.#now = Date.now();
      },
      Math.min(left, LONGEST),
    );
    return () => {
      clearTimeout(timer);
    };
  }
}

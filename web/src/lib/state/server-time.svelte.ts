// What time it is at the server. What ends there ends by its clock: mutes, invitations, sessions. A device's own clock may
// be minutes off, so it is used for durations only.

import type { Readable } from '@parlor/client';
import { createSubscriber } from 'svelte/reactivity';

const MINUTE = 60_000;

export class ServerTime {
  /** Milliseconds between the device's clock and the server's. */
  #offset = $state(0);
  readonly #watch = createSubscriber((update) => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      timer = setTimeout(tick, MINUTE - (this.now() % MINUTE));
    };
    const tick = (): void => {
      update();
      clearTimeout(timer);
      wait();
    };
    wait();
    // While a machine sleeps, timers do not count.
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  });

  /** Goes by what a client has heard of its server's clock. */
  follow(offset: Readable<number>): () => void {
    return offset.subscribe((known) => (this.#offset = known));
  }

  /** In milliseconds since 1970. Whoever reads it is run again once the offset is another. */
  now(): number {
    return Date.now() + this.#offset;
  }

  /** The same, for what is shown: whoever reads it is run again every minute, too. */
  get present(): number {
    this.#watch();
    return this.now();
  }
}

/** There is one server, and everything that tells a time goes by it. */
export const serverTime = new ServerTime();

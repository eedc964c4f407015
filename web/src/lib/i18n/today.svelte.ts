// Which day it is here, by the reader's own calendar and clock, not the server's: what says "Today" follows it. Texts that read it are written anew at midnight and in another zone.

import { startOfDay } from './dates.ts';

/** How often the clock is looked at, in milliseconds. One timer until midnight would sleep with the machine. */
const LOOK_EVERY = 15_000;
/** What may come after a sleep or a journey. */
const OCCASIONS = ['focus', 'pageshow', 'online'] as const;

function zoneNow(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

class Today {
  #day = $state(startOfDay(Date.now()));
  #zone = $state(zoneNow());

  /** The first moment of the present day, in milliseconds since 1970. */
  get day(): number {
    return this.#day;
  }

  /** The name of the reader's time zone. */
  get zone(): string {
    return this.#zone;
  }

  /** Looks at the clock. */
  look(): void {
    this.#zone = zoneNow();
    this.#day = startOfDay(Date.now());
  }

  /** Follows the clock until the returned function is called. */
  watch(): () => void {
    const look = (): void => {
      this.look();
    };
    const timer = setInterval(look, LOOK_EVERY);
    for (const occasion of OCCASIONS) addEventListener(occasion, look, { capture: true, passive: true });
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      clearInterval(timer);
      for (const occasion of OCCASIONS) removeEventListener(occasion, look, { capture: true });
      document.removeEventListener('visibilitychange', look);
    };
  }
}

export const today = new Today();

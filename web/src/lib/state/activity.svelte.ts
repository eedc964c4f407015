// Whether somebody is before the page: it shows, has the focus, and was touched not long ago. What comes else is not seen.

/** Without a key, a touch or a move for so long, nobody is there, in milliseconds. */
const IDLE = 180_000;
/** How often the clock is looked at. */
const LOOK_EVERY = 15_000;
/** What only a person does. Scrolling is not among it: the page does that by itself. */
const SIGNS = ['pointerdown', 'pointermove', 'touchmove', 'wheel', 'keydown'] as const;

export class Activity {
  #isActive = $state(!document.hidden && document.hasFocus());
  #wasHidden = false;
  #hasFocus = document.hasFocus();
  #lastSign = Date.now();

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Whether the page itself was out of sight while nobody was there the last time. */
  get wasHidden(): boolean {
    return this.#wasHidden;
  }

  /** Looks at the clock: timers sleep with the machine, so whoever needs to know at this moment asks for it. */
  look(): boolean {
    const isActive = !document.hidden && this.#hasFocus && Date.now() - this.#lastSign < IDLE;
    if (this.#isActive && !isActive) this.#wasHidden = false;
    if (document.hidden) this.#wasHidden = true;
    this.#isActive = isActive;
    return isActive;
  }

  /** Follows what happens until the returned function is called. */
  watch(): () => void {
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true, passive: true };
    const sign = (): void => {
      this.#lastSign = Date.now();
      if (!this.#isActive) this.look();
    };
    for (const name of SIGNS) addEventListener(name, sign, options);
    const focus = (event: Event): void => {
      // A field or a button has it: the window does all the time.
      if (event.target instanceof Node) return;
      this.#hasFocus = event.type === 'focus';
      sign();
      this.look();
    };
    addEventListener('focus', focus, options);
    addEventListener('blur', focus, options);
    document.addEventListener(
      'visibilitychange',
      () => {
        if (!document.hidden) {
          this.#hasFocus = document.hasFocus();
          this.#lastSign = Date.now();
        }
        this.look();
      },
      options,
    );
    const timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY);
    this.look();
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }
}

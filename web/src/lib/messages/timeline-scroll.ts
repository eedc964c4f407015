// Where the reader stands. It keeps them there whatever comes above, below or within, or at the end if they are there.
//
// The browser's own anchoring covers what grows by itself. What the client adds and takes away is measured here, before
// and after, in the same frame: so it holds in every browser, at the very top too.

/** Nearer to the end than this is at the end, in CSS pixels. */
const NEAR = 100;

interface Anchor {
  readonly row: HTMLElement;
  readonly top: number;
}

export class TimelineScroll {
  readonly #scroller: HTMLElement;
  readonly #onMove: (isPinned: boolean) => void;
  /** Whether the last row is the newest message: the end of less than that is no end to stay at. */
  readonly #isWhole: () => boolean;
  #anchor: Anchor | null = null;
  #isPinned = true;
  #lastTop = 0;

  constructor(scroller: HTMLElement, onMove: (isPinned: boolean) => void, isWhole: () => boolean) {
    this.#scroller = scroller;
    this.#onMove = onMove;
    this.#isWhole = isWhole;
  }

  get isPinned(): boolean {
    return this.#isPinned;
  }

  /** How far it is to the first and to the last row, in CSS pixels. */
  get distances(): { start: number; end: number } {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return { start: scrollTop, end: scrollHeight - clientHeight - scrollTop };
  }

  /** Watches sizes and scrolling until the returned function is called. */
  watch(): () => void {
    // Rows grow after they were added: fonts arrive, an editor opens, the window gets narrower.
    const sizes = new ResizeObserver(() => {
      if (this.#isPinned) this.toEnd();
    });
    sizes.observe(this.#scroller);
    for (const content of this.#scroller.children) sizes.observe(content);
    const scrolled = (): void => {
      this.#scrolled();
    };
    this.#scroller.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      sizes.disconnect();
      this.#scroller.removeEventListener('scroll', scrolled);
    };
  }

  /** Call it right before rows change. */
  beforeChange(): void {
    this.#anchor = this.#isPinned ? null : this.#firstVisible();
  }

  /** Call it right after rows have changed, before anything is painted. */
  afterChange(): void {
    if (this.#isPinned) {
      this.toEnd();
      return;
    }
    const anchor = this.#anchor;
    this.#anchor = null;
    if (anchor?.row.isConnected) {
      const moved = anchor.row.getBoundingClientRect().top - anchor.top;
      if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved;
      this.#lastTop = this.#scroller.scrollTop;
    }
    // What was the end of less may have turned out to be the end of all.
    if (this.#isAtEnd) this.#pin(true);
  }

  toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
    this.#pin(true);
  }

  /** Puts a row at a height of the view: 0 is its top, 1 its bottom. */
  reveal(row: HTMLElement, height: number): void {
    const view = this.#scroller.getBoundingClientRect();
    const place = row.getBoundingClientRect();
    this.#scroller.scrollTop += place.top - view.top - (view.height - place.height) * height;
    this.#lastTop = this.#scroller.scrollTop;
    this.#pin(this.#isAtEnd);
  }

  /** Where the reader stands: a row, and how far below the upper edge it begins. Null at the end. */
  get place(): { readonly row: HTMLElement; readonly top: number } | null {
    const anchor = this.#isPinned ? null : this.#firstVisible();
    return anchor && { row: anchor.row, top: anchor.top - this.#scroller.getBoundingClientRect().top };
  }

  /** Puts a row so far below the upper edge. */
  put(row: HTMLElement, top: number): void {
    const from = row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    this.#scroller.scrollTop += from - top;
    this.#lastTop = this.#scroller.scrollTop;
    this.#pin(this.#isAtEnd);
  }

  #scrolled(): void {
    const { scrollTop } = this.#scroller;
    // Growth moves the end away without anybody scrolling: only going up lets go of it.
    if (this.#isAtEnd) this.#pin(true);
    else if (scrollTop < this.#lastTop) this.#pin(false);
    this.#lastTop = scrollTop;
    this.#onMove(this.#isPinned);
  }

  get #isAtEnd(): boolean {
    return this.distances.end <= NEAR && this.#isWhole();
  }

  #pin(isPinned: boolean): void {
    if (isPinned === this.#isPinned) return;
    this.#isPinned = isPinned;
    this.#onMove(isPinned);
  }

  /**
   * The first row that shows whole, found by halving. Not the first of all: it bears the day and the name only until
   * earlier rows come before it, and then shrinks. What shows in part above the anchor may change as it likes.
   */
  #firstVisible(): Anchor | null {
    const rows = this.#scroller.querySelectorAll<HTMLElement>('[data-key]');
    const edge = this.#scroller.getBoundingClientRect().top;
    let [low, high] = [Math.min(1, rows.length - 1), rows.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle]?.getBoundingClientRect().top ?? 0) < edge) low = middle + 1;
      else high = middle;
    }
    const row = rows[low];
    return row ? { row, top: row.getBoundingClientRect().top } : null;
  }
}

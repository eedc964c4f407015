// What lies over the page, as the browser's way back sees it: dialogs, menus, and the panel where it covers the room.
//
// Each layer has an entry in the history, with the address of the page below, so that going back closes the layer and
// nothing else. A layer that is closed in another way takes its entry along: none is left behind.

/** What an entry of the history carries. */
export interface EntryState {
  /** How many layers lie over the page. */
  readonly layer?: number;
  /** Where in the page one was. */
  readonly place?: Place;
}

/** A place in a timeline: a message, and how far below the upper edge its row begins, in CSS pixels. */
export interface Place {
  readonly seq: number;
  readonly top: number;
}

/** A way through the history that does not arrive within so many milliseconds leads nowhere. */
const LOST_AFTER = 500;

export class Layers {
  readonly #window: Window;
  readonly #open: { close: () => void }[] = [];
  /** What waits until the way through the history that is under way has arrived. */
  #waiting: (() => void)[] = [];
  #travel: ReturnType<typeof setTimeout> | undefined;

  constructor(owner: Window) {
    this.#window = owner;
  }

  /** How many layers the present entry of the history has. */
  get depth(): number {
    return stateOf(this.#window).layer ?? 0;
  }

  /** Something lies over the page from now on, which `close` closes. Call what this returns once it is closed. */
  cover(close: () => void): () => void {
    const layer = { close };
    this.#open.push(layer);
    this.whenArrived(() => {
      const depth = this.#open.indexOf(layer) + 1;
      // One that was closed just now, as a menu that led to a dialog, leaves its entry to the next.
      if (depth > this.depth) this.#window.history.pushState({ layer: depth }, '');
    });
    return () => {
      const index = this.#open.indexOf(layer);
      if (index === -1) return;
      this.#open.splice(index, 1);
      // Whoever closes one thing often opens another, or goes somewhere.
      setTimeout(() => {
        this.whenArrived(() => {
          this.#settle();
        });
      });
    };
  }

  /** The page is left for another: nothing lies over that. */
  closeAll(): void {
    this.#closeTo(0);
  }

  /** Goes back to what is open, from entries whose layers are gone: after a reload, or on the way forward. */
  restore(): void {
    this.#settle();
  }

  /** The history has arrived at another entry. True if only layers changed by that: the page is the same. */
  arrived(): boolean {
    const isOwnWay = this.#travel !== undefined;
    const { depth } = this;
    const wasOpen = this.#open.length;
    // What was opened since one's own way began waits for its entry.
    if (!isOwnWay) this.#closeTo(depth);
    this.#landed();
    this.#settle();
    return isOwnWay || wasOpen > depth || depth > this.#open.length;
  }

  /** Does it now, or when the way through the history that is under way has arrived. */
  whenArrived(work: () => void): void {
    if (this.#travel === undefined) work();
    else this.#waiting.push(work);
  }

  #closeTo(depth: number): void {
    while (this.#open.length > depth) this.#open.pop()?.close();
  }

  #settle(): void {
    const surplus = this.depth - this.#open.length;
    if (surplus <= 0 || this.#travel !== undefined) return;
    this.#travel = setTimeout(() => {
      this.#landed();
    }, LOST_AFTER);
    this.#window.history.go(-surplus);
  }

  #landed(): void {
    clearTimeout(this.#travel);
    this.#travel = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const work of waiting) this.whenArrived(work);
  }
}

/** What the present entry carries; a page from elsewhere may have left anything there. */
export function stateOf(owner: Window): EntryState {
  const state: unknown = owner.history.state;
  if (typeof state !== 'object' || state === null) return {};
  const { layer, place } = state as EntryState;
  const isPlace = typeof place?.seq === 'number' && typeof place.top === 'number';
  return { ...(typeof layer === 'number' && { layer }), ...(isPlace && { place }) };
}

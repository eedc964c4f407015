// Which of many lines stand in the page: a page that was read is put in over several frames, because the browser needs
// longer for sixty new rows than one frame lasts. What comes in few lines stands there at once.

export interface Keyed {
  readonly key: string;
}

/** How many lines at most are new in one frame, at either end. */
export const AT_ONCE = 3;

export class Pace<Line extends Keyed> {
  #shown: readonly Line[] = [];
  #isWhole = true;
  #startsWhole = true;

  /** False while lines are missing in what is shown. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** True if the first line is shown. */
  get startsWhole(): boolean {
    return this.#startsWhole;
  }

  /** What to show next of these lines: what was shown before that is still among them, and some more on either side. */
  next(lines: readonly Line[]): readonly Line[] {
    const span = this.#span(lines);
    const from = span ? Math.max(0, span.from - AT_ONCE) : 0;
    const to = span ? Math.min(lines.length, span.to + AT_ONCE) : lines.length;
    return this.#show(lines, from, to);
  }

  /** Shows them all. */
  whole(lines: readonly Line[]): readonly Line[] {
    return this.#show(lines, 0, lines.length);
  }

  #show(lines: readonly Line[], from: number, to: number): readonly Line[] {
    this.#startsWhole = from === 0;
    this.#isWhole = from === 0 && to === lines.length;
    this.#shown = this.#isWhole ? lines : lines.slice(from, to);
    return this.#shown;
  }

  /** Where what was shown stands among the lines; null if nothing of it does. */
  #span(lines: readonly Line[]): { from: number; to: number } | null {
    const before = new Set(this.#shown.map(({ key }) => key));
    const from = lines.findIndex(({ key }) => before.has(key));
    return from === -1 ? null : { from, to: lines.findLastIndex(({ key }) => before.has(key)) + 1 };
  }
}

// A form on its way: whether it is under way, and what was wrong with it.

import { asParlorError } from '@parlor/client';
import { Countdown } from './countdown.svelte.ts';
import { fieldOf, inWords } from './errors.ts';

export class Submission {
  #isBusy = $state(false);
  #error = $state.raw<unknown>(null);
  /** Until when there is no use in trying again, by the clock that nobody sets; null if that was not said. */
  #until = $state.raw<number | null>(null);
  readonly #countdown = new Countdown();

  /** Must be made where effects may be: a refusal that says for how long it holds is not told for longer. */
  constructor() {
    $effect(() => {
      if (this.#until === null) return undefined;
      return this.#countdown.in(this.#until - performance.now(), () => {
        this.#failed(null);
      });
    });
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** What is wrong with the whole; null where a field of `fields` is to blame. */
  trouble(...fields: readonly string[]): string | null {
    return this.#isAbout(fields) ? null : this.#words;
  }

  /** What is wrong with one field, under any of its names. */
  of(...names: readonly string[]): string | null {
    return this.#isAbout(names) ? this.#words : null;
  }

  /** Does the work unless it is being done; true if it went well. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    this.#failed(null);
    try {
      await work();
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      this.#isBusy = false;
    }
  }

  get #words(): string | null {
    if (this.#error === null) return null;
    return this.#until === null ? inWords(this.#error) : inWords(this.#error, this.#countdown.seconds);
  }

  #isAbout(fields: readonly string[]): boolean {
    const field = this.#error === null ? null : fieldOf(this.#error);
    return field !== null && fields.includes(field);
  }

  #failed(error: unknown): void {
    this.#error = error;
    const wait = error === null ? undefined : asParlorError(error).retryAfter;
    this.#until = wait === undefined || wait <= 0 ? null : performance.now() + wait * 1000;
  }
}

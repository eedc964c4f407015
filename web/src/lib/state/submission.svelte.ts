// A form on its way: whether it is under way, and what was wrong with it.

import { fieldOf, inWords } from './errors.ts';

export class Submission {
  #isBusy = $state(false);
  #trouble = $state<string | null>(null);
  #field = $state<string | null>(null);

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** What is wrong with the whole; null where a field of `fields` is to blame. */
  trouble(...fields: readonly string[]): string | null {
    return this.#field !== null && fields.includes(this.#field) ? null : this.#trouble;
  }

  /** What is wrong with one field, under any of its names. */
  of(...names: readonly string[]): string | null {
    return this.#field !== null && names.includes(this.#field) ? this.#trouble : null;
  }

  /** Does the work unless it is being done; true if it went well. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    this.#trouble = null;
    this.#field = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.#trouble = inWords(error);
      this.#field = fieldOf(error);
      return false;
    } finally {
      this.#isBusy = false;
    }
  }
}

// Copying for the person in front of the screen: it is told that it was done, or the text is shown to be taken by hand.

import { copyText } from '../ui/clipboard.ts';

/** How long it is told, in milliseconds. */
const TOLD = 2500;

export class Copying {
  #told = $state<string | null>(null);
  #offered = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What is told at this moment: that something was copied. */
  get told(): string | null {
    return this.#told;
  }

  /** A text that the browser did not let the page copy. */
  get offered(): string | null {
    return this.#offered;
  }

  /** Copies a text, and tells it in these words. */
  async copy(text: string, words: string): Promise<void> {
    if (!(await copyText(text))) {
      this.#offered = text;
      return;
    }
    this.#told = words;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#told = null), TOLD);
  }

  /** The text was taken, or is not wanted any more. */
  close(): void {
    this.#offered = null;
  }
}

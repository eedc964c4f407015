// Texts that were begun and not sent, a room each. They outlive the page.

import { SvelteMap } from 'svelte/reactivity';
import { isRecordOf, isString, readStored, writeStored } from './storage.ts';

/** How long to wait for the next key before storing, in milliseconds. */
const PAUSE = 300;

export class Drafts {
  readonly #texts: SvelteMap<string, string>;
  readonly #key: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(user: string) {
    this.#key = `parlor.drafts.${user}`;
    this.#texts = new SvelteMap(Object.entries(readStored(this.#key, isRecordOf(isString)) ?? {}));
  }

  of(room: string): string {
    return this.#texts.get(room) ?? '';
  }

  has(room: string): boolean {
    return this.of(room).trim() !== '';
  }

  keep(room: string, text: string): void {
    if (text === '') this.#texts.delete(room);
    else this.#texts.set(room, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.store();
    }, PAUSE);
  }

  /** Stores at once: for a page that is about to go. */
  store(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    writeStored(this.#key, this.#texts.size === 0 ? null : Object.fromEntries(this.#texts));
  }

  clear(): void {
    this.#texts.clear();
    this.store();
  }
}

// What of the shell outlives a room: whether the panel beside it is open, and which room was open last.

import { isBoolean, isString, readStored, writeStored } from './storage.ts';

const PANEL = 'parlor.panel';
const LAST = 'parlor.last-room';

export class Pane {
  #isOpen = $state(readStored(PANEL, isBoolean) ?? false);
  #lastRoom = $state(readStored(LAST, isString));

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get lastRoom(): string | null {
    return this.#lastRoom;
  }

  set lastRoom(slug: string | null) {
    this.#lastRoom = slug;
    writeStored(LAST, slug);
  }

  toggle(): void {
    this.#isOpen = !this.#isOpen;
    // On a narrow screen the panel covers the room: it shall not greet the next visit.
    if (matchMedia('(min-width: 68.75rem)').matches) writeStored(PANEL, this.#isOpen || null);
  }

  close(): void {
    if (this.#isOpen) this.toggle();
  }
}

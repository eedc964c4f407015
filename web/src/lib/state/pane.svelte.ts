// What of the shell outlives a room: whether the panel beside it is open, and which room was open last.

import { MediaQuery } from 'svelte/reactivity';
import { isBoolean, isString, readStored, writeStored } from './storage.ts';
import { LAST_ROOM } from './visits.ts';

const PANEL = 'parlor.panel';

/** Where there is room for both, the panel stands beside the room; elsewhere it covers it. RoomScreen's styles say the same. */
const beside = new MediaQuery('min-width: 60rem');

export class Pane {
  #isOpen = $state(readStored(PANEL, isBoolean) ?? false);
  #lastRoom = $state(readStored(LAST_ROOM, isString));

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** True while the room is behind the panel, and nothing in it can be used. */
  get covers(): boolean {
    return this.#isOpen && !beside.current;
  }

  get lastRoom(): string | null {
    return this.#lastRoom;
  }

  set lastRoom(slug: string | null) {
    this.#lastRoom = slug;
    writeStored(LAST_ROOM, slug);
  }

  toggle(): void {
    this.#isOpen = !this.#isOpen;
    // Where the panel covers the room, it shall not greet the next visit.
    if (beside.current) writeStored(PANEL, this.#isOpen || null);
  }

  close(): void {
    if (this.#isOpen) this.toggle();
  }
}

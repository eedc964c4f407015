// The rooms as the list shows them, and which of them were visited last. No DOM.

import type { Room } from '@parlor/client';
import { sectionsOf, type Opened } from '../rooms/sections.ts';
import { isListOf, isString, readStored, writeStored } from './storage.ts';
import { RECENT_ROOMS } from './visits.ts';

/** How many rooms are remembered. */
const MOST = 20;

/** What it needs to know of the rooms. */
export interface RoomSource {
  /** By name. */
  readonly rooms: readonly Room[];
  readonly unread: (room: string) => number;
}

export class RoomOrder {
  readonly #source: RoomSource;
  #opened = $state.raw<Opened | null>(null);
  #recent = $state.raw<readonly string[]>(readStored(RECENT_ROOMS, isListOf(isString)) ?? []);

  constructor(source: RoomSource) {
    this.#source = source;
  }

  readonly sections = $derived.by(() =>
    sectionsOf(this.#source.rooms, (room) => this.#source.unread(room) > 0, this.#opened),
  );

  /** From the first to the last line of the list. */
  readonly all = $derived([...this.sections.unread, ...this.sections.others]);

  /** The addresses of the rooms that were open, the latest first; with the open one. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /** Another room was opened; null if what is shown is none. */
  open(slug: string | null): void {
    if (slug === this.#opened?.slug) return;
    const room = this.#source.rooms.find((one) => one.slug === slug);
    this.#opened =
      slug === null ? null : { slug, wasUnread: room !== undefined && this.#source.unread(room.id) > 0 };
    if (slug === null) return;
    this.#recent = [slug, ...this.#recent.filter((other) => other !== slug)].slice(0, MOST);
    writeStored(RECENT_ROOMS, this.#recent);
  }
}

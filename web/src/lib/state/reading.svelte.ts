// How far one has read, a room each, and what is unread. Kept in this browser.

import type { ClientEvents, Message, RoomState } from '@parlor/client';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { isNumber, isRecordOf, readStored, writeStored } from './storage.ts';

/** How many unread messages are told apart; more are "99+". */
const COUNTED = 100;

/** Reads the messages of a room after a place: as much of the HTTP interface as this needs. */
export type ReadAfter = (room: string, after: number, limit: number) => Promise<readonly Message[]>;

export class Reading {
  readonly #self: string;
  readonly #key: string;
  readonly #readAfter: ReadAfter;
  readonly #positions: SvelteMap<string, number>;
  /** The places of unread messages. */
  readonly #unread = new SvelteMap<string, SvelteSet<number>>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a memory of what was asked; nothing shown follows it
  readonly #looked = new Set<string>();

  constructor(self: string, readAfter: ReadAfter) {
    this.#self = self;
    this.#readAfter = readAfter;
    this.#key = `parlor.read.${self}`;
    this.#positions = new SvelteMap(Object.entries(readStored(this.#key, isRecordOf(isNumber)) ?? {}));
  }

  position(room: string): number {
    return this.#positions.get(room) ?? 0;
  }

  unread(room: string): number {
    return this.#unread.get(room)?.size ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const places of this.#unread.values()) total += places.size;
    return total;
  }

  /** Everything up to `seq` is read. Reading never goes back. */
  readUpTo(room: string, seq: number): void {
    if (seq > this.position(room)) {
      this.#positions.set(room, seq);
      writeStored(this.#key, Object.fromEntries(this.#positions));
    }
    this.#forgetRead(room);
  }

  /** Looks at rooms that one has come to know: what was said in them since one last read? */
  meet(rooms: ReadonlyMap<string, RoomState>): void {
    for (const id of this.#unread.keys()) if (!rooms.has(id)) this.#unread.delete(id);
    for (const [id, state] of rooms) {
      if (this.#looked.has(id)) continue;
      this.#looked.add(id);
      // A room that one has just come into begins as read.
      if (!this.#positions.has(id)) this.readUpTo(id, state.seq);
      else if (this.position(id) < state.seq) void this.#count(id);
    }
  }

  /** A room that one has left is met anew when one comes back. */
  forget(room: string): void {
    this.#looked.delete(room);
    this.#unread.delete(room);
    this.#positions.delete(room);
    writeStored(this.#key, Object.fromEntries(this.#positions));
  }

  heard({ room, message }: ClientEvents['message']): void {
    if (message.author === this.#self) this.readUpTo(room, message.seq);
    else this.#add(room, message);
  }

  removed(room: string, message: Message): void {
    this.#unread.get(room)?.delete(message.seq);
  }

  /** Another tab of this browser has read something. */
  syncFromStorage(): void {
    for (const [room, seq] of Object.entries(readStored(this.#key, isRecordOf(isNumber)) ?? {})) {
      if (seq <= this.position(room)) continue;
      this.#positions.set(room, seq);
      this.#forgetRead(room);
    }
  }

  async #count(room: string): Promise<void> {
    try {
      const messages = await this.#readAfter(room, this.position(room), COUNTED);
      for (const message of messages) this.#add(room, message);
    } catch {
      // The room will be counted when it is opened.
      this.#looked.delete(room);
    }
  }

  #add(room: string, message: Message): void {
    if (message.author === this.#self || message.deleted_at !== undefined) return;
    if (message.seq <= this.position(room)) return;
    const places = this.#unread.get(room) ?? new SvelteSet<number>();
    if (places.size >= COUNTED) return;
    places.add(message.seq);
    this.#unread.set(room, places);
  }

  #forgetRead(room: string): void {
    const places = this.#unread.get(room);
    if (!places) return;
    const position = this.position(room);
    for (const seq of [...places]) if (seq <= position) places.delete(seq);
    if (places.size === 0) this.#unread.delete(room);
  }
}

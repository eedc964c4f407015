// How far one has read, a room each, and what is unread. The account keeps the places, for all devices.
//
// Of an open room the unread messages are known by their places, of the others by their number: heads tell it.

import type { ClientEvents, HeadNews, Message, RoomState } from '@parlor/client';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { isNumber, isRecordOf, readStored } from './storage.ts';

/** How many unread messages are told apart; more are "99+". */
const COUNTED = 100;
/** How many pages are read to find them, where most of what was said is removed. */
const PAGES = 10;
/** Within so many milliseconds an unread number is doubted after a change. Not all clients are to ask at once. */
const DOUBT_WITHIN = 2000;
/** A room in which much changes is asked for no more often than this, in milliseconds. */
const DOUBT_AGAIN = 10_000;

/** Reads the messages of a room after a place: as much of the HTTP interface as this needs. */
export type ReadAfter = (room: string, after: number, limit: number) => Promise<readonly Message[]>;

/** Tells the account how far one has read. */
export type TellRead = (room: string, seq: number) => void;

/** Unread messages whose places are not known. */
interface Told {
  readonly count: number;
  /** The place of the newest of them. */
  readonly newest: number;
}

export class Reading {
  readonly #self: string;
  readonly #readAfter: ReadAfter;
  readonly #tellRead: TellRead;
  readonly #positions = new SvelteMap<string, number>();
  /** What earlier versions kept in this browser, for rooms of which the account does not know. */
  readonly #former: Readonly<Record<string, number>>;
  /** The places of unread messages. */
  readonly #unread = new SvelteMap<string, SvelteSet<number>>();
  /** How many there are beside those, in rooms that are not open. */
  readonly #told = new SvelteMap<string, Told>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a memory of what was asked; nothing shown follows it
  readonly #looked = new Set<string>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- the same
  readonly #doubts = new Map<string, { readonly countedAt: number; readonly isWaiting: boolean }>();

  constructor(self: string, readAfter: ReadAfter, tell: TellRead) {
    this.#self = self;
    this.#readAfter = readAfter;
    this.#tellRead = tell;
    this.#former = readStored(`parlor.read.${self}`, isRecordOf(isNumber)) ?? {};
  }

  position(room: string): number {
    return this.#positions.get(room) ?? 0;
  }

  unread(room: string): number {
    return Math.min(COUNTED, (this.#unread.get(room)?.size ?? 0) + (this.#told.get(room)?.count ?? 0));
  }

  get total(): number {
    let total = 0;
    for (const room of this.#unread.keys()) total += this.unread(room);
    for (const room of this.#told.keys()) if (!this.#unread.has(room)) total += this.unread(room);
    return total;
  }

  /** Everything up to `seq` is read. Reading never goes back. */
  readUpTo(room: string, seq: number): void {
    if (seq > this.position(room)) this.#tellRead(room, seq);
    this.#advance(room, seq);
  }

  /** Another device, or another tab, has read something. */
  readElsewhere(room: string, seq: number): void {
    this.#advance(room, seq);
  }

  #advance(room: string, seq: number): void {
    if (seq > this.position(room)) this.#positions.set(room, seq);
    this.#forgetRead(room);
  }

  /** Looks at rooms that one has come to know: what was said in them since one last read? */
  meet(rooms: ReadonlyMap<string, RoomState>): void {
    for (const id of this.#unread.keys()) if (!rooms.has(id)) this.#unread.delete(id);
    for (const id of this.#told.keys()) if (!rooms.has(id)) this.#told.delete(id);
    for (const [id, state] of rooms) {
      this.#meetTold(id, state);
      if (state.room.read !== undefined) this.#advance(id, state.room.read);
      if (this.#looked.has(id)) continue;
      this.#looked.add(id);
      this.#begin(id, state);
      if (this.position(id) < state.seq) void this.#count(id);
    }
  }

  /** Who has never told how far they have read begins where this browser was, or at the present. */
  #begin(id: string, { room, seq }: RoomState): void {
    if (room.read === undefined && !this.#positions.has(id)) this.readUpTo(id, this.#former[id] ?? seq);
  }

  /** A room that one has left is met anew when one comes back. */
  forget(room: string): void {
    this.#looked.delete(room);
    this.#unread.delete(room);
    this.#told.delete(room);
    this.#positions.delete(room);
  }

  heard({ room, message }: ClientEvents['message']): void {
    if (message.author === this.#self) this.readUpTo(room, message.seq);
    else this.#add(room, message);
  }

  /** A room that is not open has moved on. */
  moved({ room, messages, newest = 0, by, others = 0 }: HeadNews): void {
    if (messages === null) void this.#count(room);
    // Who says something has seen what was said before.
    else if (by === this.#self) this.readUpTo(room, newest);
    else this.#tell(room, messages, newest);
    if (others > 0) this.#doubt(room);
  }

  /** A message is no more, in a room whose events come. */
  removed(room: string, message: Message): void {
    const places = this.#unread.get(room);
    if (places?.delete(message.seq) === true && places.size === 0) this.#unread.delete(room);
  }

  /** Something but messages came: what was unread may be removed by now. */
  #doubt(room: string): void {
    const doubt = this.#doubts.get(room);
    if (doubt?.isWaiting === true || this.unread(room) === 0) return;
    const countedAt = doubt?.countedAt ?? 0;
    this.#doubts.set(room, { countedAt, isWaiting: true });
    const wait = Math.max(0, countedAt + DOUBT_AGAIN - Date.now());
    setTimeout(
      () => {
        this.#doubts.set(room, { countedAt: Date.now(), isWaiting: false });
        if (this.unread(room) > 0) void this.#count(room);
      },
      wait + Math.random() * DOUBT_WITHIN,
    );
  }

  /** Reads what there is to be read, in place of what was known of it. */
  async #count(room: string): Promise<void> {
    try {
      const { places, until, isAll } = await this.#unreadAfter(room, this.position(room));
      for (const seq of this.#unread.get(room) ?? [])
        if (seq <= until && !places.has(seq)) this.#unread.get(room)?.delete(seq);
      for (const seq of places) this.#addPlace(room, seq);
      if (this.#unread.get(room)?.size === 0) this.#unread.delete(room);
      const told = this.#told.get(room);
      if (!told) return;
      // What was told meanwhile is among them, unless there are too many to count anyway.
      if (!isAll || told.newest <= until) this.#told.delete(room);
      // How many of them came after this page is not known: once more.
      else this.#doubt(room);
    } catch {
      // The room will be counted when it is opened.
      this.#looked.delete(room);
    }
  }

  /** The places of what others have said after one; `until` where that is known, and whether it is all that there is. */
  async #unreadAfter(
    room: string,
    after: number,
  ): Promise<{ places: ReadonlySet<number>; until: number; isAll: boolean }> {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shown follows it
    const places = new Set<number>();
    let until = after;
    for (let page = 0; page < PAGES && places.size < COUNTED; page += 1) {
      const messages = await this.#readAfter(room, until, COUNTED);
      for (const message of messages) if (this.#counts(message)) places.add(message.seq);
      until = messages.at(-1)?.seq ?? until;
      if (messages.length < COUNTED) return { places, until, isAll: true };
    }
    return { places, until, isAll: false };
  }

  #tell(room: string, messages: number, newest: number): void {
    const known = this.#knownTo(room);
    if (newest <= known) return;
    const count = (this.#told.get(room)?.count ?? 0) + Math.min(messages, newest - known);
    this.#told.set(room, { count: Math.min(count, COUNTED), newest });
  }

  /** Up to here, what is unread is counted. */
  #knownTo(room: string): number {
    const places = this.#unread.get(room) ?? [];
    return Math.max(this.position(room), this.#told.get(room)?.newest ?? 0, ...places);
  }

  /** Once the room has been opened and has come to the present, places are known. */
  #meetTold(room: string, { open, seq }: RoomState): void {
    const told = this.#told.get(room);
    if (!told || !open || seq < told.newest) return;
    // The messages are told of after the state that has them.
    queueMicrotask(() => {
      const left = this.#told.get(room);
      if (!left || left.newest > seq) return;
      this.#told.delete(room);
      // They never came if the room was too far behind, and the timeline began anew.
      if ((this.#unread.get(room)?.size ?? 0) < COUNTED) void this.#count(room);
    });
  }

  /** Whether a message is one to be read. */
  #counts(message: Message): boolean {
    return message.author !== this.#self && message.deleted_at === undefined;
  }

  #add(room: string, message: Message): void {
    if (this.#counts(message)) this.#addPlace(room, message.seq);
  }

  #addPlace(room: string, seq: number): void {
    if (seq <= this.position(room)) return;
    const places = this.#unread.get(room) ?? new SvelteSet<number>();
    if (places.has(seq)) return;
    this.#untell(room, seq);
    if (places.size >= COUNTED) return;
    places.add(seq);
    this.#unread.set(room, places);
  }

  /** The place of a message that was told of is known now. */
  #untell(room: string, seq: number): void {
    const told = this.#told.get(room);
    if (!told || seq > told.newest) return;
    if (told.count <= 1) this.#told.delete(room);
    else this.#told.set(room, { ...told, count: told.count - 1 });
  }

  #forgetRead(room: string): void {
    const position = this.position(room);
    if ((this.#told.get(room)?.newest ?? Infinity) <= position) this.#told.delete(room);
    const places = this.#unread.get(room);
    if (!places) return;
    for (const seq of [...places]) if (seq <= position) places.delete(seq);
    if (places.size === 0) this.#unread.delete(room);
  }
}

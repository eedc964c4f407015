// The states of all rooms, and what a change of one entails: repairs, look-ups, reloads. The reducer itself is room-state.ts.

import { backoff } from './backoff.ts';
import { asParlorError, isTransient } from './errors.ts';
import { type Readable, Value } from './observable.ts';
import type { Outbox, PendingMessage } from './outbox.ts';
import type { People } from './people.ts';
import type { Head, Member, Message, Room } from './protocol.ts';
import type { ChangesAnswer, Rest } from './rest.ts';
import {
  applyAndTell,
  closed,
  gapOf,
  initialRoom,
  opened,
  type PlacedFrame,
  type RoomFrame,
  type RoomState,
  withEpoch,
  withHead,
  withRoom,
} from './room-state.ts';

/** How long an event may take after the answer that announced it, in milliseconds. */
const GRACE = 2_000;
/** Within so many milliseconds the facts of a room that is not open are read anew, if something but messages came. */
const FACTS_WITHIN = 20_000;
/** How many told messages are remembered for a room: twice as many as the server ever sends in pages of changes. */
const TOLD_MAXIMUM = 2000;

export interface RoomsOptions {
  random: () => number;
  rest: Rest;
  outbox: Outbox;
  people: People;
  /** Reads a shown timeline anew, after a reset. */
  reopen: (room: string) => Promise<void>;
  /** Told when an event shows that one is not in a room any more. */
  onLeft: (room: string) => void;
  /** Told when a room was so far behind that it began anew: what was missed is not known. */
  onReset: (room: string, head: number) => void;
  /** Told of each frame that took effect, after the state is set; `news` are the messages that were not told of before. */
  onApplied: (room: string, frame: PlacedFrame, news: readonly Message[]) => void;
}

export class Rooms {
  readonly #options: RoomsOptions;
  readonly #all = new Value<ReadonlyMap<string, RoomState>>(new Map());
  readonly #repairs = new Set<string>();
  readonly #counts = new Set<string>();
  readonly #doubted = new Set<string>();
  /** Whether the events of a room come from its beginning. */
  #opensAll = true;
  readonly #told = new Map<string, { readonly since: number; readonly seqs: Set<number> }>();

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  get all(): Readable<ReadonlyMap<string, RoomState>> {
    return this.#all;
  }

  /** One room over time. Tells only when that room changed. */
  one(id: string): Readable<RoomState | undefined> {
    return {
      get: () => this.#all.get().get(id),
      subscribe: (listener) => {
        let last: RoomState | undefined;
        let first = true;
        return this.#all.subscribe((rooms) => {
          const state = rooms.get(id);
          if (!first && state === last) return;
          [first, last] = [false, state];
          listener(state);
        });
      },
    };
  }

  /**
   * The rooms that one is in now: new ones begin at their head, known ones go on from their position. `resumed` are those
   * whose events come, if not those of all do. Returns the lost.
   */
  ready(rooms: readonly Room[], self: string, resumed: ReadonlySet<string> | null): readonly string[] {
    const former = this.#all.get();
    this.#opensAll = resumed === null;
    const next = rooms.map((room) => {
      const state = former.get(room.id);
      if (!state) return this.#initial(room, self);
      const known = withRoom(state, room);
      if (resumed) return resumed.has(room.id) ? opened(known) : movedTo(closed(known), room.head);
      // All events come now, but what was missed only of rooms that were open: of the others it is asked for.
      return state.open ? known : movedTo(opened(known), room.head);
    });
    this.#all.set(new Map(next.map((state) => [state.room.id, state])));
    for (const { room } of next) this.#repair(room.id);
    return [...former.keys()].filter((id) => !this.#all.get().has(id));
  }

  /** The room's events come, from its position on. */
  opened(id: string): void {
    this.change(id, opened);
  }

  /** What should have been opened was not: what was known of the room, which was not open, is so still. */
  notOpened({ room, head, unseen }: RoomState): void {
    this.change(room.id, (state) => {
      const known = movedTo(closed(state), head);
      return known.head > known.seq ? { ...known, unseen } : known;
    });
  }

  /** The room's events come no more. */
  closed(id: string): void {
    this.change(id, closed);
  }

  /** How far a room has come that is not open: by how many changes that are no messages; null if that was known. */
  moved(head: Head): number | null {
    const before = this.#all.get().get(head.room);
    this.change(head.room, (state) => withHead(state, head));
    if (!before || this.#all.get().get(head.room) === before) return null;
    const others = Math.max(0, head.head - before.head - head.messages);
    if (others > 0) this.#doubt(head.room);
    return others;
  }

  /** Reads timelines anew that a reset made void. */
  reopenStale(): void {
    for (const state of this.#all.get().values()) this.#reopen(state);
  }

  /** One is in this room, as an answer or an event says. */
  joined(room: Room, self: string): Room {
    const state = this.#all.get().get(room.id);
    if (!state) {
      this.#set(this.#initial(room, self));
    } else {
      this.#set(movedTo(withRoom(state, room), room.head));
      this.#repair(room.id);
    }
    return room;
  }

  /** False if one was not in it. */
  left(id: string): boolean {
    const rooms = new Map(this.#all.get());
    const was = rooms.delete(id);
    this.#all.set(rooms);
    this.#told.delete(id);
    return was;
  }

  clear(): void {
    this.#told.clear();
    this.#all.set(new Map());
  }

  /** Changes a state by something else than a frame: a page, a list, what is pending. */
  change(id: string, change: (state: RoomState) => RoomState): void {
    const before = this.#all.get().get(id);
    if (!before) return;
    const state = change(before);
    if (state === before) return;
    this.#set(state);
    if (state.timeline.messages === before.timeline.messages) return;
    this.#options.people.need(state.timeline.messages.map((message) => message.author));
    this.#settle(state, state.timeline.messages);
  }

  setPending(id: string, pending: readonly PendingMessage[]): void {
    this.change(id, (state) => ({ ...state, pending }));
    const state = this.#all.get().get(id);
    if (state) this.#settle(state, []);
  }

  /** Takes a frame; those of unknown rooms are left aside. */
  receive(frame: RoomFrame): void {
    const before = this.#all.get().get(frame.room);
    if (!before) return;
    const { state, applied } = applyAndTell(before, frame);
    if (state === before) return;
    this.#set(state);
    // After a reset, everything up to the new head counts as told.
    if (frame.type === 'room.reset') {
      this.#told.delete(frame.room);
      this.#options.onReset(frame.room, frame.data.head);
    }
    for (const one of applied) this.#meet(one);
    this.#settle(state, applied.flatMap(messagesOf));
    for (const one of applied) this.#options.onApplied(frame.room, one, this.#news(before, one));
    if (state.members.get(state.self)?.active === false) {
      // The last event of a room that one leaves is one's own leaving.
      this.#options.onLeft(frame.room);
      return;
    }
    this.#reopen(state);
    if (!state.countKnown) void this.#count(state.room.id);
    this.#repair(state.room.id);
  }

  /** The room is known to have come this far. If that was not heard of in a while, it is asked for. */
  expect(id: string, seq: number): void {
    setTimeout(() => {
      // In a room that is not open nothing will be heard: one's own message is not on its way any more.
      if (this.#all.get().get(id)?.open === false) this.#options.outbox.settle(id, seq, new Set());
      else {
        this.change(id, (state) => movedTo(state, seq));
        this.#repair(id);
      }
    }, GRACE);
  }

  #reopen(state: RoomState): void {
    if (state.open && state.timeline.stale) void this.#options.reopen(state.room.id).catch(() => undefined);
  }

  /** One's own messages that are known to be there are not on their way any more. */
  #settle(state: RoomState, messages: readonly Message[]): void {
    const own = messages.filter((message) => message.author === state.self && message.nonce !== undefined);
    this.#options.outbox.settle(state.room.id, state.seq, new Set(own.map((message) => message.nonce ?? '')));
  }

  /**
   * Messages that were not told of yet. A message that was missed may first be heard of by its edit, long after others
   * that came later: so what was told is remembered by place, not by position.
   */
  #news(before: RoomState, frame: PlacedFrame): readonly Message[] {
    const id = before.room.id;
    const told = this.#told.get(id) ?? { since: before.seq, seqs: new Set() };
    this.#told.set(id, told);
    const news = messagesOf(frame).filter(({ seq }) => seq > told.since && !told.seqs.has(seq));
    for (const { seq } of news) told.seqs.add(seq);
    if (told.seqs.size > TOLD_MAXIMUM) {
      const sorted = [...told.seqs].sort((one, other) => one - other);
      const older = sorted.slice(0, TOLD_MAXIMUM / 2);
      this.#told.set(id, { since: older.at(-1) ?? told.since, seqs: new Set(sorted.slice(older.length)) });
    }
    return news.filter((message) => message.deleted_at === undefined);
  }

  #meet(frame: PlacedFrame): void {
    const { people } = this.#options;
    if (frame.type === 'room.changes')
      people.learn([...frame.data.users, ...frame.data.members.map((one) => one.user)]);
    else if (frame.type.startsWith('member.')) people.learn([(frame.data as Member).user]);
    people.need(messagesOf(frame).map((message) => message.author));
  }

  #initial(room: Room, self: string): RoomState {
    const pending = this.#options.outbox.of(room.id);
    return { ...initialRoom(room, self), pending, open: this.#opensAll };
  }

  #set(state: RoomState): void {
    this.#all.set(new Map(this.#all.get()).set(state.room.id, state));
  }

  /** Asks for what is missing until nothing is. One repair a room at a time; frames that come meanwhile are held. */
  #repair(id: string): void {
    const state = this.#all.get().get(id);
    if (!state || gapOf(state) === null || this.#repairs.has(id)) return;
    this.#repairs.add(id);
    void this.#repairing(id).finally(() => this.#repairs.delete(id));
  }

  async #repairing(id: string): Promise<void> {
    for (let attempt = 0; ;) {
      const state = this.#all.get().get(id);
      if (!state) return;
      const after = gapOf(state);
      if (after === null) return;
      try {
        this.#receiveAnswer(id, await this.#options.rest.changes(id, after, state.epoch));
        if (this.#all.get().get(id)?.seq === after) attempt += 1;
        else attempt = 0;
      } catch (error) {
        // Not one's room any more, or the like: the connection tells what became of it.
        if (!isTransient(asParlorError(error))) return;
        attempt += 1;
      }
      if (attempt > 0) await pause(backoff(attempt, Math.random));
    }
  }

  #receiveAnswer(id: string, answer: ChangesAnswer): void {
    if (answer.type !== 'room.reset') this.change(id, (state) => withEpoch(state, answer.epoch));
    this.receive(answer);
  }

  /** The room may have another name now, or another number of members. Not all clients are to ask at once. */
  #doubt(id: string): void {
    if (this.#doubted.has(id)) return;
    this.#doubted.add(id);
    setTimeout(() => {
      this.#doubted.delete(id);
      if (this.#all.get().get(id)?.open === false) void this.#count(id);
    }, this.#options.random() * FACTS_WITHIN);
  }

  async #count(id: string): Promise<void> {
    if (this.#counts.has(id)) return;
    this.#counts.add(id);
    try {
      const room = await this.#options.rest.room(id);
      this.change(id, (state) => withRoom(state, room));
    } catch {
      // The next change of members asks again.
    } finally {
      this.#counts.delete(id);
    }
  }
}

function movedTo(state: RoomState, head: number): RoomState {
  return state.head < head ? { ...state, head } : state;
}

function messagesOf(frame: PlacedFrame): readonly Message[] {
  if (frame.type === 'room.changes') return frame.data.messages;
  return frame.type.startsWith('message.') ? [frame.data as Message] : [];
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

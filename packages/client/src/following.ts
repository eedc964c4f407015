// Which rooms' events come: those of all, or of open ones alone. Asks for it, and opens and closes rooms on the connection.
//
// What a room that is not open is told about is in room-state.ts; that a server may not know any of this is dealt with here.

import { backoff } from './backoff.ts';
import { asParlorError, isTransient, type ParlorError } from './errors.ts';
import type { Follow, Head, Hello, Opened, Ready } from './protocol.ts';
import type { RoomState } from './room-state.ts';
import type { Rooms } from './rooms.ts';

/** A room that is not open has moved on, or an open one was so far behind that it began anew. */
export interface HeadNews {
  readonly room: string;
  /** Its newest `seq`. */
  readonly head: number;
  /** How many messages were made in it since it was last told of; null if that is not known, after a cut. */
  readonly messages: number | null;
  /** The place and the author of the newest of them. */
  readonly newest?: number;
  readonly by?: string;
  /** How many other changes there were: edits, removals, members. Absent where that is not known. */
  readonly others?: number;
}

export interface FollowingOptions {
  follow: Follow;
  rooms: Rooms;
  random: () => number;
  /** Rejects at once when offline. */
  command: (type: string, data: object) => Promise<unknown>;
  onHead: (news: HeadNews) => void;
}

export class Following {
  readonly #options: FollowingOptions;
  /** Who wants which room open. */
  readonly #holders = new Map<string, Set<symbol>>();
  /** What opens a room and brings it to the present. */
  readonly #openings = new Map<string, Promise<void>>();
  /** The rooms that `hello` named. */
  #resumed: ReadonlySet<string> = new Set();
  /** Whether the server tells of open rooms alone; null before it was asked. */
  #isNarrow: boolean | null = null;

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** The part of `hello` that says what one has and wants. */
  hello(): Pick<Hello, 'resume' | 'follow'> {
    const { follow, rooms } = this.#options;
    const states = [...rooms.all.get()].filter(([id]) => this.#isNarrow !== true || this.#isHeld(id));
    const resume = states.map(([room, { seq, epoch }]) => ({ room, seq, epoch }));
    this.#resumed = new Set(states.map(([room]) => room));
    return { ...(resume.length > 0 && { resume }), ...(follow === 'opened' && { follow }) };
  }

  /** Takes the rooms of `ready`; returns those that one is no longer in. */
  ready({ rooms: present, user, follow }: Ready): readonly string[] {
    const { rooms, onHead } = this.#options;
    const former = rooms.all.get();
    this.#isNarrow = follow === 'opened';
    const lost = rooms.ready(present, user.id, this.#isNarrow ? this.#resumed : null);
    for (const { id, head } of present) {
      const before = former.get(id);
      const isOpen = rooms.all.get().get(id)?.open;
      if (before && !isOpen && before.head < head) onHead({ room: id, head, messages: null });
    }
    return lost;
  }

  /** There is a connection: brings what is open there in line with what shall be. */
  online(): void {
    for (const id of this.#options.rooms.all.get().keys()) {
      if (this.#isHeld(id)) this.#open(id);
      else this.#close(id);
    }
  }

  /** The room shall be open until every holder has called what this returns. */
  hold(id: string): () => void {
    if (this.#options.follow !== 'opened') return () => undefined;
    const holder = Symbol(id);
    this.#holders.set(id, (this.#holders.get(id) ?? new Set()).add(holder));
    this.#open(id);
    return () => {
      const holders = this.#holders.get(id);
      // Twice is once; and another person may have come meanwhile.
      if (holders?.delete(holder) !== true || holders.size > 0) return;
      this.#holders.delete(id);
      this.#close(id);
    };
  }

  /** Resolves once a room that is being opened has come to the present, or can't at this time. */
  async present(id: string): Promise<void> {
    await this.#openings.get(id);
  }

  /** One has come into a room. */
  joined(id: string): void {
    if (this.#isHeld(id)) this.#open(id);
  }

  /** Nothing shall be open: another person may come. */
  clear(): void {
    this.#holders.clear();
  }

  heads(heads: readonly Head[]): void {
    for (const head of heads) {
      const others = this.#options.rooms.moved(head);
      if (others !== null) this.#options.onHead({ ...head, others });
    }
  }

  #isHeld(id: string): boolean {
    return this.#holders.has(id);
  }

  #open(id: string): void {
    const state = this.#options.rooms.all.get().get(id);
    if (!this.#isNarrow || !state || state.open) return;
    const opening = this.#opening(id, state).finally(() => {
      if (this.#openings.get(id) === opening) this.#openings.delete(id);
    });
    this.#openings.set(id, opening);
  }

  async #opening(id: string, before: RoomState): Promise<void> {
    const { rooms, command } = this.#options;
    const { seq, epoch } = before;
    rooms.opened(id);
    try {
      const { head } = (await command('room.open', { room: id, seq, epoch })) as Opened;
      rooms.expect(id, head);
      await this.#reached(id, head);
    } catch (error) {
      this.#failed(before, asParlorError(error));
    }
  }

  /** The next connection opens what shall be open; what the server refuses in haste is tried again. */
  #failed(before: RoomState, error: ParlorError): void {
    const { rooms, random } = this.#options;
    const { id } = before.room;
    rooms.notOpened(before);
    if (error.code === 'disconnected' || !isTransient(error)) return;
    setTimeout(
      () => {
        if (this.#isHeld(id)) this.#open(id);
      },
      backoff(0, random, error.retryAfter),
    );
  }

  #close(id: string): void {
    const { rooms, command } = this.#options;
    if (!this.#isNarrow || rooms.all.get().get(id)?.open !== true) return;
    rooms.closed(id);
    command('room.close', { room: id }).catch(() => undefined);
  }

  #reached(id: string, head: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.rooms.one(id).subscribe((state) => {
        if (state?.open === true && state.seq < head) return;
        resolve();
        // The subscription calls back before it is known how to stop it.
        queueMicrotask(() => {
          stop();
        });
      });
    });
  }
}

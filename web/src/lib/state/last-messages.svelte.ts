// The last message of rooms, for lists that show it. Read when a list asks for it, a few at a time.

import type { Message } from '@parlor/client';
import { SvelteMap } from 'svelte/reactivity';

/** How many are read at once. */
const AT_ONCE = 3;
/** A room is not read again within this time, in milliseconds: in a busy one, every message would be a request. */
const PAUSE = 2000;

/** Reads the newest message of a room; undefined if there is none. */
export type ReadLast = (room: string) => Promise<Message | undefined>;

interface Entry {
  /** Up to which place of the room it was read. */
  readonly head: number;
  readonly message: Message | undefined;
}

export class LastMessages {
  readonly #read: ReadLast;
  readonly #known = new SvelteMap<string, Entry>();
  /** What is waited for: the newest place that somebody asked for, a room each. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a queue; nothing shown follows it
  readonly #wanted = new Map<string, number>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- what is under way; nothing shown follows it
  readonly #busy = new Map<string, number>();

  constructor(read: ReadLast) {
    this.#read = read;
  }

  /** Undefined while it is not known, and where there is none. */
  of(room: string): Message | undefined {
    return this.#known.get(room)?.message;
  }

  /** True once it is known what was said last, or that nothing was. */
  has(room: string): boolean {
    return this.#known.has(room);
  }

  /** Asks for the last message of a room that has come to that place. */
  want(room: string, head: number): void {
    if (Math.max(this.#known.get(room)?.head ?? -1, this.#busy.get(room) ?? -1) >= head) return;
    this.#wanted.set(room, Math.max(head, this.#wanted.get(room) ?? 0));
    this.#go();
  }

  #go(): void {
    for (const [room, head] of this.#wanted) {
      if (this.#busy.size >= AT_ONCE) return;
      if (this.#busy.has(room)) continue;
      this.#wanted.delete(room);
      void this.#load(room, head);
    }
  }

  async #load(room: string, head: number): Promise<void> {
    this.#busy.set(room, head);
    try {
      this.#known.set(room, { head, message: await this.#read(room) });
      // What comes in the meantime waits its turn.
      if (this.#wanted.has(room)) await new Promise((done) => setTimeout(done, PAUSE));
    } catch {
      // Without it the list shows what it knows; the next thing that is said in the room asks again.
    } finally {
      this.#busy.delete(room);
      this.#go();
    }
  }
}

// Tells the server how far one has read: the newest place of each room, at once and then no more often than once a second.

import { asParlorError, isTransient } from './errors.ts';

/** A place of the same room is told no sooner than this after the one before, in milliseconds. */
const PAUSE = 1_000;

export interface ReadPositionsOptions {
  /** Tells the server; resolves once it has kept it. */
  tell: (room: string, seq: number) => Promise<unknown>;
  isOnline: () => boolean;
}

export class ReadPositions {
  readonly #options: ReadPositionsOptions;
  /** Up to where the server is known to know. */
  readonly #known = new Map<string, number>();
  /** What is to be told. */
  readonly #wanted = new Map<string, number>();
  /** Rooms of which nothing is told at the moment. */
  readonly #busy = new Set<string>();

  constructor(options: ReadPositionsOptions) {
    this.#options = options;
  }

  /** One has read up to here. */
  mark(room: string, seq: number): void {
    if (seq <= Math.max(this.#known.get(room) ?? 0, this.#wanted.get(room) ?? 0)) return;
    this.#wanted.set(room, seq);
    void this.#flush(room);
  }

  /** The server says how far one has read. */
  learn(room: string, seq: number | undefined): void {
    if (seq === undefined || seq <= (this.#known.get(room) ?? 0)) return;
    this.#known.set(room, seq);
    if ((this.#wanted.get(room) ?? 0) <= seq) this.#wanted.delete(room);
  }

  /** What could not be told is told now. */
  online(): void {
    for (const room of this.#wanted.keys()) void this.#flush(room);
  }

  /** A room that one has left has no place of one's own. */
  forget(room: string): void {
    this.#known.delete(room);
    this.#wanted.delete(room);
  }

  clear(): void {
    this.#known.clear();
    this.#wanted.clear();
  }

  async #flush(room: string): Promise<void> {
    const seq = this.#wanted.get(room);
    if (seq === undefined || this.#busy.has(room) || !this.#options.isOnline()) return;
    this.#busy.add(room);
    try {
      await this.#options.tell(room, seq);
      this.learn(room, seq);
    } catch (error) {
      // A server that does not know the command, or a room that one is not in: telling it again changes nothing.
      if (!isTransient(asParlorError(error)) && this.#wanted.get(room) === seq) this.#wanted.delete(room);
    }
    setTimeout(() => {
      this.#busy.delete(room);
      void this.#flush(room);
    }, PAUSE);
  }
}

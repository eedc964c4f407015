// Everybody that was heard of, and looking up those that were not: in batches, each person once at a time.

import { type Readable, Value } from './observable.ts';
import type { User, UserList } from './protocol.ts';

/** How many the server looks up at once. */
const BATCH = 100;
/** How long to gather before asking, in milliseconds. */
const GATHER = 20;

export class People {
  readonly #lookUp: (ids: readonly string[]) => Promise<UserList>;
  readonly #all = new Value<ReadonlyMap<string, User>>(new Map());
  readonly #wanted = new Set<string>();
  readonly #asked = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lookUp: (ids: readonly string[]) => Promise<UserList>) {
    this.#lookUp = lookUp;
  }

  get all(): Readable<ReadonlyMap<string, User>> {
    return this.#all;
  }

  learn(users: readonly User[]): void {
    const known = this.#all.get();
    const news = users.filter((user) => !isSame(known.get(user.id), user));
    if (news.length === 0) return;
    const next = new Map(known);
    for (const user of news) next.set(user.id, user);
    this.#all.set(next);
  }

  need(ids: Iterable<string>): void {
    for (const id of ids) {
      if (!this.#all.get().has(id) && !this.#asked.has(id)) this.#wanted.add(id);
    }
    if (this.#wanted.size > 0) this.#timer ??= setTimeout(() => void this.#ask(), GATHER);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted.clear();
    this.#asked.clear();
    this.#all.set(new Map());
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    const ids = [...this.#wanted].slice(0, BATCH);
    for (const id of ids) {
      this.#wanted.delete(id);
      this.#asked.add(id);
    }
    if (this.#wanted.size > 0) this.#timer = setTimeout(() => void this.#ask(), GATHER);
    try {
      const { users } = await this.#lookUp(ids);
      this.learn(users);
    } catch {
      // Asked again when they are met again. Those that one may not see stay in `asked`, and are not.
      for (const id of ids) this.#asked.delete(id);
    }
  }
}

function isSame(one: User | undefined, other: User): boolean {
  return (
    one?.display_name === other.display_name && one.username === other.username && one.role === other.role
  );
}

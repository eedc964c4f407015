// What somebody has written and not sent: it outlives the page, and is the same in all tabs.
//
// Each piece has a key of its own, which only the tab writes in which the piece was changed: so no tab takes away what
// another one keeps, in whatever order they are closed.

import { SvelteMap } from 'svelte/reactivity';
import { keep, kept, keptNames, type Keeping } from './storage.ts';

/** How long to wait for the next key before storing, in milliseconds. */
const PAUSE = 300;

export class Written<Piece> {
  readonly #prefix: string;
  readonly #isPiece: (value: unknown) => value is Piece;
  readonly #pieces = new SvelteMap<string, Piece>();
  readonly #keeping = new SvelteMap<string, Keeping>();
  /** What was changed here and is not stored yet. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shown follows it
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(prefix: string, isPiece: (value: unknown) => value is Piece) {
    this.#prefix = prefix;
    this.#isPiece = isPiece;
    this.refresh();
  }

  get(name: string): Piece | null {
    return this.#pieces.get(name) ?? null;
  }

  get all(): Iterable<readonly [string, Piece]> {
    return this.#pieces;
  }

  /** Whether it is there after the tab was closed: false where the browser has no room for it. */
  isLasting(name: string): boolean {
    return (this.#keeping.get(name) ?? 'lasting') === 'lasting';
  }

  /** Another piece in its place; null if there is none any more. It is stored soon. */
  set(name: string, piece: Piece | null): void {
    if (piece === null) this.#pieces.delete(name);
    else this.#pieces.set(name, piece);
    this.#changed.add(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.store();
    }, PAUSE);
  }

  /** Stores at once: for a page that is about to go. */
  store(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const name of [...this.#changed]) {
      const keeping = keep(this.#prefix + name, this.get(name));
      // What has no place waits in memory: the next time there may be room.
      if (keeping !== 'none' || this.get(name) === null) this.#changed.delete(name);
      if (this.get(name) === null || keeping === 'lasting') this.#keeping.delete(name);
      else this.#keeping.set(name, keeping);
    }
  }

  /** Another tab has changed something. */
  heard({ key, storageArea }: StorageEvent): void {
    if (storageArea !== localStorage || key?.startsWith(this.#prefix) !== true) return;
    const name = key.slice(this.#prefix.length);
    if (this.#changed.has(name)) return;
    // What the other tab has stored is newer than what found no place from here.
    sessionStorage.removeItem(key);
    this.#read(name);
  }

  /** Reads everything anew, but what was changed here: a page that was asleep has heard of nothing. */
  refresh(): void {
    for (const name of this.#names()) if (!this.#changed.has(name)) this.#read(name);
  }

  /** Forgets everything, here and in the browser. */
  clear(): void {
    for (const name of this.#names()) {
      this.#pieces.delete(name);
      this.#changed.add(name);
    }
    this.store();
  }

  #names(): string[] {
    const stored = keptNames(this.#prefix);
    return [...stored, ...[...this.#pieces.keys()].filter((name) => !stored.includes(name))];
  }

  #read(name: string): void {
    const { piece, keeping } = kept(this.#prefix + name, this.#isPiece);
    if (piece === null) this.#pieces.delete(name);
    else this.#pieces.set(name, piece);
    if (keeping === 'lasting') this.#keeping.delete(name);
    else this.#keeping.set(name, keeping);
  }
}

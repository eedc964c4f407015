// Messages of one's own whose words are being changed, each by its id: begun, and neither saved nor given up.

import type { Message } from '@parlor/client';
import { isString } from './storage.ts';
import { Written } from './written.svelte.ts';

export interface Edit {
  readonly room: string;
  /** The place of the message. */
  readonly seq: number;
  /** What it said when this was begun. */
  readonly before: string;
  readonly text: string;
}

export class Edits {
  readonly #written: Written<Edit>;

  constructor(user: string) {
    this.#written = new Written(`parlor.edit.${user}.`, isEdit);
  }

  of(message: string): Edit | null {
    return this.#written.get(message);
  }

  /** Those of a room, in the order of the messages. */
  in(room: string): readonly (readonly [message: string, edit: Edit])[] {
    return [...this.#written.all]
      .filter(([, edit]) => edit.room === room)
      .sort(([, one], [, other]) => one.seq - other.seq);
  }

  /** Begins to change a message; what was begun already goes on. */
  begin(room: string, { id, seq, body }: Pick<Message, 'id' | 'seq' | 'body'>): void {
    if (this.of(id) === null) this.#written.set(id, { room, seq, before: body, text: body });
  }

  keep(message: string, text: string): void {
    const edit = this.of(message);
    if (edit) this.#written.set(message, { ...edit, text });
  }

  /** It is saved or given up. */
  end(message: string): void {
    this.#written.set(message, null);
    this.store();
  }

  store(): void {
    this.#written.store();
  }

  refresh(): void {
    this.#written.refresh();
  }

  heard(event: StorageEvent): void {
    this.#written.heard(event);
  }

  clear(): void {
    this.#written.clear();
  }
}

function isEdit(value: unknown): value is Edit {
  const { room, seq, before, text } = (value ?? {}) as Partial<Edit>;
  return [room, before, text].every(isString) && typeof seq === 'number';
}

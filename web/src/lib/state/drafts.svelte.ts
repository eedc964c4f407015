// Messages that were begun and not sent, a room each: what they say, and what they answer.

import type { Message } from '@parlor/client';
import { isRecordOf, isString, readStored, writeStored } from './storage.ts';
import { Written } from './written.svelte.ts';

/** The message that a draft answers, as much of it as is shown, for when it is not at hand. */
export type Answered = Pick<Message, 'id' | 'seq' | 'author' | 'body'>;

interface Draft {
  readonly text: string;
  readonly reply?: Answered;
}

/** How much of an answered message is kept, in UTF-16 units: it is shown in one line. */
const EXCERPT = 200;

export class Drafts {
  readonly #written: Written<Draft>;

  constructor(user: string) {
    const former = `parlor.drafts.${user}`;
    this.#written = new Written(`parlor.draft.${user}.`, isDraft);
    // An earlier version kept all rooms under one key.
    const texts = Object.entries(readStored(former, isRecordOf(isString)) ?? {});
    if (texts.length === 0) return;
    for (const [room, text] of texts) if (this.#of(room) === null) this.keep(room, text);
    this.store();
    writeStored(former, null);
  }

  of(room: string): string {
    return this.#of(room)?.text ?? '';
  }

  /** What the draft of a room answers; null if nothing. */
  answered(room: string): Answered | null {
    return this.#of(room)?.reply ?? null;
  }

  has(room: string): boolean {
    return this.of(room).trim() !== '';
  }

  /** False if the browser has no room for it, so that it would be gone with the tab. */
  isLasting(room: string): boolean {
    return this.#written.isLasting(room);
  }

  keep(room: string, text: string): void {
    this.#set(room, { ...this.#of(room), text });
  }

  /** From now on the draft answers this message, or none. */
  answer(room: string, message: Answered | null): void {
    const { text } = this.#of(room) ?? { text: '' };
    if (message === null) {
      this.#set(room, { text });
      return;
    }
    const { id, seq, author, body } = message;
    this.#set(room, { text, reply: { id, seq, author, body: body.slice(0, EXCERPT).toWellFormed() } });
  }

  /** It is sent: nothing of it is left. */
  sent(room: string): void {
    this.#written.set(room, null);
    // Another tab shall not offer it once more.
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

  #of(room: string): Draft | null {
    return this.#written.get(room);
  }

  #set(room: string, draft: Draft): void {
    this.#written.set(room, draft.text === '' && draft.reply === undefined ? null : draft);
  }
}

function isDraft(value: unknown): value is Draft {
  const { text, reply } = (value ?? {}) as Partial<Draft>;
  return typeof text === 'string' && (reply === undefined || isAnswered(reply));
}

function isAnswered(value: unknown): value is Answered {
  const { id, seq, author, body } = (value ?? {}) as Partial<Answered>;
  return [id, author, body].every(isString) && typeof seq === 'number';
}

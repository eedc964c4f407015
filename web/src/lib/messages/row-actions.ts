// What one can do with the rows of a timeline: given by the room, used by rows, menus and keys.

import type { Message, PendingMessage, User } from '@parlor/client';
import type { Edit } from '../state/edits.svelte.ts';

export interface RowActions {
  /** One's own id. */
  readonly self: string;
  /** How many bytes of UTF-8 a message may have. */
  readonly maxBytes: number;
  person(id: string): User | undefined;
  /** The message of that id, if it is at hand. */
  message(id: string): Message | undefined;
  mayReply(message: Message): boolean;
  mayEdit(message: Message): boolean;
  mayRemove(message: Message): boolean;
  reply(message: Message): void;
  edit(message: Message): void;
  /** What is being put in place of a message's words; null while they are not being changed. */
  edited(message: Message): Edit | null;
  keepEdit(message: Message, body: string): void;
  /** Whether the field with those words takes the focus: once, when that has just begun. */
  takesFocus(message: Message): boolean;
  /** Saves new words; whatever it throws is shown. */
  save(message: Message, body: string): Promise<void>;
  stopEditing(message: Message): void;
  remove(message: Message): void;
  copyLink(message: Message): void;
  copyText(message: Message): void;
  /** Shows another message of the room. */
  show(message: Message): void;
  retry(pending: PendingMessage): void;
  discard(pending: PendingMessage): void;
  /** Says the words of a refused command as they are. */
  sendAsText(pending: PendingMessage): void;
  openMenu(message: Message, anchor: HTMLElement): void;
  /** Goes back to writing. */
  toComposer(): void;
}

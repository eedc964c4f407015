// What one can do with the rows of a timeline: given by the room, used by rows, menus and keys.

import type { Message, PendingMessage, User } from '@parlor/client';

export interface RowActions {
  /** One's own id. */
  readonly self: string;
  /** The message whose words are being changed. */
  readonly editing: string | null;
  person(id: string): User | undefined;
  /** The message of that id, if it is at hand. */
  message(id: string): Message | undefined;
  mayReply(message: Message): boolean;
  mayEdit(message: Message): boolean;
  mayRemove(message: Message): boolean;
  reply(message: Message): void;
  edit(message: Message): void;
  /** Saves new words; whatever it throws is shown. */
  save(message: Message, body: string): Promise<void>;
  stopEditing(): void;
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

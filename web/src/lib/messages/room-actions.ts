// The actions on the rows of a room that one is in.

import { literally, type Message, type PendingMessage, type User } from '@parlor/client';
import { later } from '../i18n/later.ts';
import { isHeard, mayEdit, mayRemove } from '../rooms/permissions.ts';
import type { Edit } from '../state/edits.svelte.ts';
import type { Parlor } from '../state/parlor.svelte.ts';
import type { RoomView } from '../state/room-view.svelte.ts';
import { roomPath } from '../state/routes.ts';
import type { RowActions } from './row-actions.ts';

/** What the screen around the timeline does. */
export interface Surroundings {
  toComposer(): void;
  toMessage(seq: number): void;
  toEnd(): void;
  openMenu(message: Message, anchor: HTMLElement): void;
  askToRemove(message: Message): void;
}

export class RoomActions implements RowActions {
  readonly #parlor: Parlor;
  readonly #view: RoomView;
  readonly #around: Surroundings;

  constructor(parlor: Parlor, view: RoomView, around: Surroundings) {
    this.#parlor = parlor;
    this.#view = view;
    this.#around = around;
  }

  get self(): string {
    return this.#parlor.user?.id ?? '';
  }

  get maxBytes(): number {
    return this.#parlor.server?.max_body_bytes ?? Infinity;
  }

  person(id: string): User | undefined {
    return this.#parlor.users.get(id);
  }

  message(id: string): Message | undefined {
    return this.#view.message(id);
  }

  mayReply(message: Message): boolean {
    return this.#isHeard() && message.deleted_at === undefined;
  }

  mayEdit(message: Message): boolean {
    return this.#isHeard() && mayEdit(message, this.#parlor.user);
  }

  mayRemove(message: Message): boolean {
    const room = this.#view.state?.room;
    return room !== undefined && mayRemove(message, room, this.#parlor.user);
  }

  reply(message: Message): void {
    this.#view.replyingTo = message;
    this.#around.toComposer();
  }

  edit(message: Message): void {
    this.#view.edit(message);
  }

  edited(message: Message): Edit | null {
    return this.#parlor.belongings?.edits.of(message.id) ?? null;
  }

  keepEdit(message: Message, body: string): void {
    this.#parlor.belongings?.edits.keep(message.id, body);
  }

  takesFocus(message: Message): boolean {
    return this.#view.takesFocus(message.id);
  }

  save(message: Message, body: string): Promise<void> {
    return this.#view.handle.edit(message.id, body);
  }

  stopEditing(message: Message): void {
    this.#parlor.belongings?.edits.end(message.id);
    this.#around.toComposer();
  }

  remove(message: Message): void {
    this.#around.askToRemove(message);
  }

  copyLink(message: Message): void {
    const slug = this.#view.state?.room.slug ?? '';
    void this.#parlor.copying.copy(location.origin + roomPath(slug, message.seq), later.message.linkCopied);
  }

  copyText(message: Message): void {
    void this.#parlor.copying.copy(message.body, later.message.textCopied);
  }

  show(message: Message): void {
    this.#around.toMessage(message.seq);
  }

  retry(pending: PendingMessage): void {
    this.#view.handle.retry(pending.nonce);
  }

  discard(pending: PendingMessage): void {
    this.#view.handle.discard(pending.nonce);
    this.#around.toComposer();
  }

  sendAsText(pending: PendingMessage): void {
    this.#view.handle.discard(pending.nonce);
    this.#view.handle.send(literally(pending.body), pending.replyTo);
    this.#around.toEnd();
  }

  openMenu(message: Message, anchor: HTMLElement): void {
    this.#around.openMenu(message, anchor);
  }

  toComposer(): void {
    this.#around.toComposer();
  }

  #isHeard(): boolean {
    const { room } = this.#view;
    return room !== undefined && isHeard(room);
  }
}

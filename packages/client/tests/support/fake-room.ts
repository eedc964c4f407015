// A room as the server keeps it: rows with the place of their last change, and the questions that the server answers.

import type { Changes, History, Member, Message, Muted, Room, User } from '../../src/index.ts';
import type { PlacedFrame } from '../../src/index.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

interface Placed<T> {
  value: T;
  changed: number;
}

export function makeUser(name: string, role = 'member'): User {
  return {
    id: `usr_${name}`,
    username: name,
    display_name: name,
    role,
    created_at: new Date(START).toISOString(),
  };
}

export class FakeRoom {
  /** Pages of more messages than this would be too large. */
  most = Infinity;
  readonly id: string;
  epoch = 1;
  /** The epochs of former runs of the server, and the place up to which positions of each hold. */
  readonly former = new Map<number, number>();
  head = 0;
  readonly messages: Placed<Message>[] = [];
  readonly members = new Map<string, Placed<Member>>();
  #room: Placed<Room>;

  constructor(name: string) {
    this.id = `rm_${name}`;
    this.#room = {
      changed: 0,
      value: {
        id: this.id,
        slug: name,
        name,
        kind: 'public',
        topic: '',
        head: 0,
        epoch: 1,
        member_count: 0,
        created_at: new Date(START).toISOString(),
      },
    };
  }

  /** The server starts anew. */
  restart(): void {
    this.former.set(this.epoch, this.head);
    this.epoch += 1;
  }

  /** The server's data is restored from a backup that was made when the room was at `head`, in the present run. */
  restore(head: number): void {
    this.messages.splice(0, this.messages.length, ...this.messages.filter((row) => row.changed <= head));
    this.head = head;
    this.former.set(this.epoch, head);
    this.epoch += 1_000;
  }

  /** Whether a position is one of this room's. */
  holds(seq: number, epoch: number | undefined): boolean {
    if (epoch === undefined || epoch === this.epoch) return seq <= this.head;
    return seq <= (this.former.get(epoch) ?? -1);
  }

  room(viewer?: string): Room {
    const active = [...this.members.values()].filter((member) => member.value.active);
    const place = active.find((member) => member.value.user.id === viewer)?.value;
    return {
      ...this.#room.value,
      head: this.head,
      epoch: this.epoch,
      member_count: active.length,
      ...(place && { role: place.role }),
      ...(place?.muted && { muted: place.muted }),
    };
  }

  say(author: User, body: string, nonce?: string): PlacedFrame {
    const seq = (this.head += 1);
    const message: Message = {
      id: `msg_${this.id}_${seq}`,
      seq,
      author: author.id,
      body,
      sent_at: new Date(START + seq * 1000).toISOString(),
      ...(nonce !== undefined && { nonce }),
    };
    this.messages.push({ value: message, changed: seq });
    return { type: 'message.created', room: this.id, seq, data: message };
  }

  edit(id: string, body: string): PlacedFrame {
    const row = this.#row(id);
    const seq = (row.changed = this.head += 1);
    row.value = { ...row.value, body, edited_at: new Date(START + seq * 1000).toISOString() };
    return { type: 'message.edited', room: this.id, seq, data: row.value };
  }

  remove(id: string): PlacedFrame {
    const row = this.#row(id);
    const seq = (row.changed = this.head += 1);
    row.value = { ...row.value, body: '', deleted_at: new Date(START + seq * 1000).toISOString() };
    return { type: 'message.deleted', room: this.id, seq, data: row.value };
  }

  member(user: User, active: boolean, role = 'member', muted?: Muted | undefined): PlacedFrame {
    const former = this.members.get(user.id)?.value.active ?? false;
    const seq = (this.head += 1);
    const value: Member = {
      user,
      role,
      active,
      ...(muted && { muted }),
      joined_at: new Date(START + seq * 1000).toISOString(),
    };
    this.members.set(user.id, { value, changed: seq });
    if (former && active) return { type: 'member.updated', room: this.id, seq, data: value };
    return { type: active ? 'member.joined' : 'member.left', room: this.id, seq, data: value };
  }

  rename(name: string): PlacedFrame {
    const seq = (this.head += 1);
    this.#room = { value: { ...this.#room.value, name }, changed: seq };
    return { type: 'room.updated', room: this.id, seq, data: this.room() };
  }

  /** The present state of what changed after `from`, at most `limit` rows, in the order of their change. */
  changes(from: number, limit = 200): { from: number; to: number; data: Changes } {
    const rows = [
      ...this.messages.map((row) => row.changed),
      ...[...this.members.values()].map((row) => row.changed),
      this.#room.changed,
    ];
    const later = rows.filter((changed) => changed > from).sort((one, other) => one - other);
    const to = later.length > limit ? (later[limit - 1] ?? this.head) : this.head;
    const within = (row: { changed: number }): boolean => row.changed > from && row.changed <= to;
    const messages = this.messages.filter(within).map((row) => row.value);
    return {
      from,
      to,
      data: {
        messages,
        members: [...this.members.values()].filter(within).map((row) => row.value),
        users: messages.map((message) => makeUser(message.author.slice(4))),
        ...(within(this.#room) && { room: this.room() }),
      },
    };
  }

  history(query: { limit: number; before?: number; after?: number; around?: number }): History {
    const { before, after, around } = query;
    const limit = Math.min(query.limit, this.most);
    const all = this.messages.map((row) => row.value);
    let messages = all.slice(-limit);
    if (before !== undefined) messages = all.filter((message) => message.seq < before).slice(-limit);
    if (after !== undefined) messages = all.filter((message) => message.seq > after).slice(0, limit);
    if (around !== undefined) {
      const middle = all.findIndex((message) => message.seq >= around);
      const first = Math.max(0, Math.min(middle - (limit >> 1), all.length - limit));
      messages = all.slice(first, first + limit);
    }
    const users = [...new Set(messages.map((message) => message.author))].map((id) => makeUser(id.slice(4)));
    const cut = limit < query.limit && messages.length === limit;
    return { messages, head: this.head, users, ...(cut && { cut }) };
  }

  #row(id: string): Placed<Message> {
    const row = this.messages.find((row) => row.value.id === id);
    if (!row) throw new Error(`There is no message ${id}.`);
    return row;
  }
}

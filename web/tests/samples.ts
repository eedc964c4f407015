// Messages, members and people for tests.

import type { Member, Message, Row, User } from '@parlor/client';

export const MINUTE = 60_000;
/** Noon by the clock of the machine, so that a few minutes more are the same day. */
export const NOON = new Date(2026, 5, 1, 12).getTime();

export function message(seq: number, change: Partial<Message> & { at?: number } = {}): Message {
  const { at = NOON, ...rest } = change;
  return {
    id: `msg_${seq}`,
    seq,
    author: 'usr_ada',
    body: `message ${seq}`,
    sent_at: new Date(at).toISOString(),
    ...rest,
  };
}

export function row(seq: number, change: Partial<Message> & { at?: number } = {}): Row {
  return { key: `msg_${seq}`, message: message(seq, change) };
}

export function user(id: string, change: Partial<User> = {}): User {
  const created_at = new Date(NOON).toISOString();
  return { id, username: id, display_name: id, role: 'member', created_at, ...change };
}

export function member(id: string, role = 'member'): Member {
  return { user: user(id), role, active: true, joined_at: new Date(NOON).toISOString() };
}

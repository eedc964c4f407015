// Which controls to offer. The server decides; this only keeps what it would refuse out of sight. Pure.

import type { Message, Room, User } from '@parlor/client';

const isKeeper = (user: User | null): boolean => user?.role === 'admin' || user?.role === 'owner';
const isAccount = (user: User | null): boolean => user !== null && user.role !== 'guest';

export function mayRename(room: Room, user: User | null): boolean {
  return room.role === 'owner' || isKeeper(user);
}

export function maySetTopic(room: Room, user: User | null): boolean {
  return (
    room.role === 'owner' ||
    room.role === 'moderator' ||
    isKeeper(user) ||
    (room.role !== undefined && isAccount(user))
  );
}

export function mayInvite(room: Room, user: User | null): boolean {
  return room.role !== undefined && isAccount(user);
}

export function mayManageInvites(room: Room, user: User | null): boolean {
  return room.role === 'owner' || isKeeper(user);
}

export function mayEdit(message: Message, user: User | null): boolean {
  return message.author === user?.id && message.deleted_at === undefined;
}

export function mayRemove(message: Message, room: Room, user: User | null): boolean {
  if (message.deleted_at !== undefined) return false;
  return message.author === user?.id || room.role === 'owner' || room.role === 'moderator' || isKeeper(user);
}

// Which controls to offer. The server decides; this only keeps what it would refuse out of sight. Pure.

import type { Member, Message, Room, User } from '@parlor/client';

const isKeeper = (user: User | null): boolean => user?.role === 'admin' || user?.role === 'owner';
const isAccount = (user: User | null): boolean => user !== null && user.role !== 'guest';

/** Whether the others would hear of what one does: not while one is muted. A mute that is over is not in the room. */
export function isHeard(room: Room): boolean {
  return room.muted === undefined;
}

export function mayRename(room: Room, user: User | null): boolean {
  return isHeard(room) && (room.role === 'owner' || isKeeper(user));
}

export function maySetTopic(room: Room, user: User | null): boolean {
  const isModerator = room.role === 'owner' || room.role === 'moderator' || isKeeper(user);
  return isHeard(room) && (isModerator || (room.role !== undefined && isAccount(user)));
}

/** Whether one may see which rooms are open to everybody; `guests` is who may enter this server as a guest. */
export function mayBrowse(user: User | null, guests: string | undefined): boolean {
  return isAccount(user) || (user !== null && guests === 'open');
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

/** How much somebody has to say in a room: more for more, 0 for most. */
function power(role: string, place: string | undefined): number {
  if (role === 'owner') return 4;
  if (role === 'admin') return 3;
  return { owner: 2, moderator: 1 }[place ?? ''] ?? 0;
}

/** Whether one may mute that member or take them out of the room: nobody lays a hand on an equal. */
export function mayModerate(member: Member, room: Room, user: User | null): boolean {
  if (user === null || !isHeard(room)) return false;
  return power(user.role, room.role) > power(member.user.role, member.role);
}

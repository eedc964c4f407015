// Whether anything has been done with a server yet. Pure.

import type { Room, User } from '@parlor/client';

/** Whether the owner of the server is alone in its only room: nothing has been done with it yet. */
export function isNewServer(user: User | null, rooms: number, room: Room): boolean {
  return user?.role === 'owner' && rooms === 1 && room.member_count === 1;
}

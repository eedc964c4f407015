// Which rooms were open, as far as the browser remembers it: none of it stays once somebody has signed out.

import { writeStored } from './storage.ts';

export const LAST_ROOM = 'parlor.last-room';
export const RECENT_ROOMS = 'parlor.recent';

export function forgetVisits(): void {
  for (const key of [LAST_ROOM, RECENT_ROOMS]) writeStored(key, null);
}

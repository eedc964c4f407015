// In which sections the list shows the rooms, and in which order. Pure.

export interface Sections<Room> {
  readonly unread: readonly Room[];
  readonly others: readonly Room[];
}

/** The open room, and whether something in it was unread when it was opened. */
export interface Opened {
  readonly slug: string;
  readonly wasUnread: boolean;
}

/**
 * Rooms with something unread, and the others, both in the order they come in. The open room stays in the section it
 * was opened in: what one has just clicked on must not move away.
 */
export function sectionsOf<Room extends { readonly id: string; readonly slug: string }>(
  rooms: readonly Room[],
  isUnread: (room: string) => boolean,
  opened: Opened | null,
): Sections<Room> {
  const standsUnread = (room: Room): boolean =>
    room.slug === opened?.slug ? opened.wasUnread : isUnread(room.id);
  return { unread: rooms.filter(standsUnread), others: rooms.filter((room) => !standsUnread(room)) };
}

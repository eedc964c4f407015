// The room above or below the open one. Pure.

/** The next room in a direction that is wanted, around the end; undefined if none is. */
export function neighbourOf<Room extends { readonly id: string; readonly slug: string }>(
  rooms: readonly Room[],
  openSlug: string | null,
  step: 1 | -1,
  isWanted: (room: string) => boolean,
): Room | undefined {
  const count = rooms.length;
  const open = rooms.findIndex((room) => room.slug === openSlug);
  const start = open === -1 ? (step === 1 ? -1 : count) : open;
  for (let distance = 1; distance <= count; distance += 1) {
    const room = rooms[(((start + step * distance) % count) + count) % count];
    if (room && room.slug !== openSlug && isWanted(room.id)) return room;
  }
  return undefined;
}

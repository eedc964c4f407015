// What the switcher offers for what was typed. Pure.

import type { IconName } from '../ui/icons.ts';
import { matching } from './match.ts';

/** Something that can be done from anywhere. */
export interface Command {
  readonly name: string;
  readonly icon: IconName;
  /** The keys that do the same, if there are any. */
  readonly keys?: readonly string[];
  readonly run: () => void;
}

export interface SwitcherRoom {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

/** How many rooms are offered at most. */
const MOST = 10;

/**
 * The rooms to offer. Nothing typed: the one before the open one, so that Enter goes back and forth; then the unread, the
 * recent, the others; the open one never, for one is there. Something typed: whatever fits, the best first.
 */
export function roomsFor<Room extends SwitcherRoom>(
  rooms: readonly Room[],
  typed: string,
  openSlug: string | null,
  recent: readonly string[],
  isUnread: (room: string) => boolean,
): Room[] {
  if (typed.trim() !== '') return matching(rooms, typed, (room) => room.name).slice(0, MOST);
  const others = rooms.filter((room) => room.slug !== openSlug);
  const visited = recent.flatMap((slug) => others.find((room) => room.slug === slug) ?? []);
  const ordered = [
    ...visited.slice(0, 1),
    ...others.filter((room) => isUnread(room.id)),
    ...visited,
    ...others,
  ];
  return [...new Set(ordered)].slice(0, MOST);
}

/** The commands to offer: all while nothing is typed. */
export function commandsFor(commands: readonly Command[], typed: string): Command[] {
  return matching(commands, typed, (command) => command.name);
}

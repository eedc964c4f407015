// In which order members stand. Pure.

import type { Member } from '@parlor/client';
import { byName } from '../i18n/order.ts';

const RANKS: Readonly<Record<string, number>> = { owner: 0, moderator: 1 };

/** Owners, then moderators, then everybody, by name. */
export function inOrder(members: readonly Member[]): Member[] {
  const rank = (member: Member): number => RANKS[member.role] ?? 2;
  return [...members].sort(
    (one, other) => rank(one) - rank(other) || byName(one.user.display_name, other.user.display_name),
  );
}

/** Those who are here and those who are away; all are away where nothing is known. */
export function byPresence(
  members: readonly Member[],
  online: ReadonlySet<string> | null,
): { here: Member[]; away: Member[] } {
  const ordered = inOrder(members);
  const isHere = (member: Member): boolean => online?.has(member.user.id) ?? false;
  return { here: ordered.filter(isHere), away: ordered.filter((member) => !isHere(member)) };
}

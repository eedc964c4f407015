// What becomes of a room when somebody leaves it. The server decides, by the same rules; this only tells before. Pure.

import type { Member, Room } from '@parlor/client';

export type Succession =
  /** Nothing changes for the others. */
  | { readonly kind: 'none' }
  /** The only owner goes, and this member takes their place. */
  | { readonly kind: 'heir'; readonly name: string }
  /** It stays without an owner: only guests are left, or nobody, and whoever comes is an ordinary member. */
  | { readonly kind: 'ownerless' }
  /** Nobody is left in a private room: nobody can be invited, and nobody can come back. */
  | { readonly kind: 'unreachable' }
  /** Who else is in the room is not known. */
  | { readonly kind: 'unknown' };

/** `members` is null as long as not all of them are known. */
export function successionOf(room: Room, members: readonly Member[] | null, self: string): Succession {
  const others = members?.filter((member) => member.active && member.user.id !== self);
  const isAlone = others ? others.length === 0 : room.member_count <= 1;
  if (isAlone && room.kind === 'private') return { kind: 'unreachable' };
  if (room.role !== 'owner') return { kind: 'none' };
  if (isAlone) return { kind: 'ownerless' };
  if (!others) return { kind: 'unknown' };
  if (others.some((member) => member.role === 'owner')) return { kind: 'none' };
  const heir = others.filter((member) => member.user.role !== 'guest').sort(byTime)[0];
  return heir ? { kind: 'heir', name: heir.user.display_name } : { kind: 'ownerless' };
}

/** Who has been there longest; of two who came in the same moment, the one whose account is older. */
function byTime(one: Member, other: Member): number {
  const [first, second] = [Date.parse(one.joined_at), Date.parse(other.joined_at)];
  return first - second || (one.user.id < other.user.id ? -1 : 1);
}

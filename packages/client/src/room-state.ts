// What a client knows of one room, and the one function that changes it: `apply`. Pure: it fetches nothing and tells nobody.
//
// State before + events = state after, however the events come: one by one, in pages of what changed, twice, or late.

import type { Head, Member, Message, Muted, Room, ServerFrame } from './protocol.ts';
import type { PendingMessage } from './outbox.ts';
import { EMPTY_TIMELINE, type Timeline, withMessage } from './timeline.ts';

/** The frames that carry a room forward. */
export type RoomFrame = Extract<
  ServerFrame,
  { seq: number } | { type: 'room.changes' } | { type: 'room.reset' }
>;
/** Those that have a place in the room's sequence. */
export type PlacedFrame = Exclude<RoomFrame, { type: 'room.reset' }>;

/** Whether a frame concerns a room's sequence; also one of a kind that this version does not know. */
export function isRoomFrame(frame: ServerFrame): frame is RoomFrame {
  if (frame.type === 'room.changes' || frame.type === 'room.reset') return true;
  const { room, seq } = frame as { room?: unknown; seq?: unknown };
  return typeof room === 'string' && typeof seq === 'number';
}

/** How many frames wait for a gap to be filled. What is beyond is dropped: the repair brings it anyway. */
export const HELD_MAXIMUM = 256;
/** How many of the latest message states are kept, to freshen pages that were read before they happened. */
export const RECENT_MAXIMUM = 256;

export interface RoomState {
  /** The room as one sees it. `head` is not kept up to date: `seq` is. */
  readonly room: Room;
  /** One's own id. */
  readonly self: string;
  /** Everything up to here is known. */
  readonly seq: number;
  /** At least up to here there is something to know. */
  readonly head: number;
  /** True while the room's events come. Of a room that is not open, only `head`, `newest` and `unseen` move. */
  readonly open: boolean;
  /** How many messages were made by others, after `seq`, while the room was not open. */
  readonly unseen: number;
  /** The epoch in which `seq` was learned: the two belong together. What comes next is learned in `room.epoch`. */
  readonly epoch: number;
  /** The `seq` of the newest message that is known of; 0 if none is. Compare it with what was read. */
  readonly newest: number;
  readonly timeline: Timeline;
  /** The members that were heard of; with those that left (`active` is false). */
  readonly members: ReadonlyMap<string, Member>;
  /** True once `members` has all of them. */
  readonly membersComplete: boolean;
  /** False if members came or went unseen, so that `room.member_count` has to be asked for. */
  readonly countKnown: boolean;
  /** The position that `room.member_count` was told for: members that came before it are in it. */
  readonly countAt: number;
  /** One's own messages on their way, in the order of sending. They belong below the timeline's end. */
  readonly pending: readonly PendingMessage[];
  /** Frames beyond a gap, by their place. */
  readonly held: readonly PlacedFrame[];
  /** The latest message states, to freshen pages with: complete for all changes after `from`. */
  readonly recent: { readonly from: number; readonly changes: readonly Recent[] };
}

interface Recent {
  readonly at: number;
  readonly message: Message;
}

/** The state at the moment one learns of a room. Live events go on at its `head + 1`. */
export function initialRoom(room: Room, self: string): RoomState {
  return {
    room,
    self,
    seq: room.head,
    head: room.head,
    open: true,
    unseen: 0,
    epoch: room.epoch,
    newest: 0,
    timeline: EMPTY_TIMELINE,
    members: new Map(),
    membersComplete: false,
    countKnown: true,
    countAt: room.head,
    pending: [],
    held: [],
    recent: { from: room.head, changes: [] },
  };
}

/** The one reducer. A frame that is known already changes nothing; one beyond a gap waits in `held`. */
export function apply(state: RoomState, frame: RoomFrame): RoomState {
  return applyAndTell(state, frame).state;
}

/** `apply`, and which frames took effect: the given one and those that waited for it, or none. */
export function applyAndTell(
  state: RoomState,
  frame: RoomFrame,
): { state: RoomState; applied: readonly PlacedFrame[] } {
  if (frame.type === 'room.reset')
    return { state: reset(state, frame.data.head, frame.data.epoch), applied: [] };
  const span = spanOf(frame);
  if (span.to <= state.seq) return { state, applied: [] };
  if (span.from > state.seq) return { state: hold(state, frame), applied: [] };
  return drain(advance(state, frame), frame);
}

/** Whether something is missing: the position to ask for changes from. A room that is not open misses nothing. */
export function gapOf(state: RoomState): number | null {
  if (!state.open) return null;
  return state.held.length > 0 || state.head > state.seq ? state.seq : null;
}

/** The room's events come from now on: first what happened after `seq`, so that nothing counts as missing yet. */
export function opened(state: RoomState): RoomState {
  return state.open ? state : { ...state, open: true, unseen: 0, head: state.seq };
}

/** The room's events come no more. What waited for a gap to be filled is asked for again when it is opened. */
export function closed(state: RoomState): RoomState {
  return state.open ? { ...state, open: false, held: [] } : state;
}

/** How far a room has come that is not open. An open room knows better by itself. */
export function withHead(state: RoomState, { head, messages, newest = 0, by }: Head): RoomState {
  if (state.open || head <= state.head) return state;
  const next = { ...state, head, newest: Math.max(state.newest, newest) };
  if (newest <= state.seq) return next;
  // Who says something has seen what was said before.
  const unseen = by === state.self ? 0 : Math.min(state.unseen + messages, head - state.seq);
  return { ...next, unseen };
}

/** The room's own facts anew, as an answer or `ready` told them; an answer from before the position is ignored. */
export function withRoom(state: RoomState, room: Room): RoomState {
  if (room.head < state.seq) return state;
  return { ...state, room: merged(state.room, room), countKnown: true, countAt: room.head };
}

/** How far one has read; it never goes back. */
export function withRead(state: RoomState, seq: number): RoomState {
  return seq <= (state.room.read ?? 0) ? state : { ...state, room: { ...state.room, read: seq } };
}

/** What is learned from now on is learned in this epoch. */
export function withEpoch(state: RoomState, epoch: number): RoomState {
  return state.room.epoch === epoch ? state : { ...state, room: { ...state.room, epoch } };
}

/** Message states that are newer than a page that was read at `head`; null if that is too long ago to know. */
export function changedSince(state: RoomState, head: number): readonly Message[] | null {
  if (head >= state.seq) return [];
  if (head < state.recent.from) return null;
  return state.recent.changes.filter((recent) => recent.at > head).map((recent) => recent.message);
}

/** Whether somebody may read and not write at this moment, in milliseconds since 1970. */
export function isMuted(muted: Muted | undefined, now: number): boolean {
  return muted !== undefined && (muted.until === undefined || now < Date.parse(muted.until));
}

function spanOf(frame: PlacedFrame): { from: number; to: number } {
  return frame.type === 'room.changes'
    ? { from: frame.from, to: frame.to }
    : { from: frame.seq - 1, to: frame.seq };
}

function hold(state: RoomState, frame: PlacedFrame): RoomState {
  const { from, to } = spanOf(frame);
  const head = Math.max(state.head, to);
  if (state.held.some((other) => spanOf(other).from === from && spanOf(other).to >= to))
    return { ...state, head };
  const held = [...state.held, frame].sort((one, other) => spanOf(one).from - spanOf(other).from);
  return { ...state, head, held: held.slice(0, HELD_MAXIMUM) };
}

function drain(state: RoomState, first: PlacedFrame): { state: RoomState; applied: readonly PlacedFrame[] } {
  const applied = [first];
  let [next, held] = [state, state.held];
  for (let frame = held[0]; frame && spanOf(frame).from <= next.seq; frame = held[0]) {
    held = held.slice(1);
    if (spanOf(frame).to <= next.seq) continue;
    next = advance(next, frame);
    applied.push(frame);
  }
  return { state: held === next.held ? next : { ...next, held }, applied };
}

function advance(state: RoomState, frame: PlacedFrame): RoomState {
  const { to } = spanOf(frame);
  const next = frame.type === 'room.changes' ? advanceBy(state, frame) : advanceTo(state, frame);
  const { epoch } = next.room;
  return { ...next, seq: to, epoch, head: Math.max(next.head, to), pending: settled(next.pending, to) };
}

function advanceTo(state: RoomState, frame: Exclude<PlacedFrame, { type: 'room.changes' }>): RoomState {
  switch (frame.type) {
    case 'message.created':
    case 'message.edited':
    case 'message.deleted':
      return messageChanged(state, frame.data, frame.seq);
    case 'member.joined':
    case 'member.left':
    case 'member.updated':
      return countChanged(memberChanged(state, frame.data), frame);
    case 'room.updated':
      return roomChanged(state, frame.data);
    default:
      // An event of a kind that this version does not know still takes its place, so that it leaves no gap.
      return state;
  }
}

function advanceBy(state: RoomState, frame: Extract<PlacedFrame, { type: 'room.changes' }>): RoomState {
  const { messages, members, room } = frame.data;
  let next = state;
  for (const message of messages) next = messageChanged(next, message, frame.to);
  for (const member of members) next = memberChanged(next, member);
  if (room) next = roomChanged(next, room);
  if (members.length === 0 || frame.to <= next.countAt) return next;
  if (!next.membersComplete) return { ...next, countKnown: false };
  return { ...next, room: { ...next.room, member_count: activeCount(next.members) } };
}

function messageChanged(state: RoomState, message: Message, at: number): RoomState {
  const own = message.author === state.self && message.nonce !== undefined;
  return {
    ...state,
    newest: Math.max(state.newest, message.seq),
    timeline: withMessage(state.timeline, message),
    pending: own ? state.pending.filter((pending) => pending.nonce !== message.nonce) : state.pending,
    recent: remembered(state.recent, { at, message }),
  };
}

function remembered(recent: RoomState['recent'], change: Recent): RoomState['recent'] {
  const changes = [...recent.changes.filter((other) => other.message.id !== change.message.id), change];
  if (changes.length <= RECENT_MAXIMUM) return { from: recent.from, changes };
  return { from: changes[0]?.at ?? recent.from, changes: changes.slice(1) };
}

function memberChanged(state: RoomState, told: Member): RoomState {
  const member = { ...told, ...withReason(state.members.get(told.user.id)?.muted, told.muted) };
  const members = new Map(state.members).set(member.user.id, member);
  if (member.user.id !== state.self) return { ...state, members };
  const { role: _role, muted: former, ...room } = state.room;
  const place = { ...placeOf(member), ...withReason(former, told.muted) };
  return { ...state, members, room: member.active ? { ...room, ...place } : room };
}

/** Events don't say why somebody is muted, as all in the room hear of them. What an answer said of the same mute stays. */
function withReason(former: Muted | undefined, muted: Muted | undefined): { muted?: Muted } {
  if (!muted) return {};
  return { muted: former?.since === muted.since ? { ...former, ...muted } : muted };
}

/** One's own place in a room, as far as it stands in the room. */
function placeOf({ role, muted }: Pick<Room, 'role' | 'muted'>): Pick<Room, 'role' | 'muted'> {
  return { ...(role !== undefined && { role }), ...(muted !== undefined && { muted }) };
}

type MemberFrame = Extract<PlacedFrame, { type: 'member.joined' | 'member.left' | 'member.updated' }>;

function countChanged(state: RoomState, frame: MemberFrame): RoomState {
  if (frame.seq <= state.countAt) return state;
  const step = { 'member.joined': 1, 'member.left': -1, 'member.updated': 0 }[frame.type];
  return { ...state, room: { ...state.room, member_count: state.room.member_count + step } };
}

function activeCount(members: ReadonlyMap<string, Member>): number {
  return [...members.values()].filter((member) => member.active).length;
}

/** An event's room comes without one's own place in it, and its count is of another moment. */
function roomChanged(state: RoomState, room: Room): RoomState {
  return { ...state, room: { ...merged(state.room, room), member_count: state.room.member_count } };
}

function merged(former: Room, room: Room): Room {
  const next = room.role === undefined && former.role !== undefined ? { ...room, ...placeOf(former) } : room;
  // Events are for everybody and don't have it, and answers may be older than what was heard since.
  const read = Math.max(former.read ?? 0, next.read ?? 0);
  return read > (next.read ?? 0) ? { ...next, read } : next;
}

/** A sent message whose place was passed is in the timeline, or beyond the window: it is not pending any more. */
function settled(pending: readonly PendingMessage[], seq: number): readonly PendingMessage[] {
  const left = pending.filter((one) => one.seq === undefined || one.seq > seq);
  return left.length === pending.length ? pending : left;
}

function reset(state: RoomState, head: number, epoch: number): RoomState {
  return {
    ...state,
    seq: head,
    head,
    epoch,
    room: { ...state.room, head, epoch },
    newest: epoch === state.epoch ? state.newest : 0,
    timeline: { ...state.timeline, stale: state.timeline.loaded, atEnd: false, presentUntil: head },
    members: new Map(),
    membersComplete: false,
    countKnown: false,
    countAt: head,
    held: [],
    recent: { from: head, changes: [] },
    pending: settled(state.pending, head),
  };
}

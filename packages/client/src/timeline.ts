// A window on a room's messages: one contiguous stretch, bounded, with pages on both sides. Pure; it fetches nothing.

import type { Message } from './protocol.ts';

/** The most messages that a window holds. Beyond it, the far end is let go. */
export const WINDOW_MAXIMUM = 150;

/** How many messages beyond the end are counted. */
const BEYOND_MAXIMUM = 1000;

/** A contiguous stretch of messages, ascending by `seq`. Replaced, never changed in place. */
export interface Timeline {
  readonly messages: readonly Message[];
  /** True once a page was read. */
  readonly loaded: boolean;
  /** True if nothing comes before the first message. */
  readonly atStart: boolean;
  /** True if the window reaches the present: live messages are appended only then. */
  readonly atEnd: boolean;
  /** True while the reader stands at the end: then the oldest rows give way to new ones, never the other way. */
  readonly following: boolean;
  /** How many messages have come, since the window left the present, that are beyond its end. Zero at the end. */
  readonly beyond: number;
  /** Their places, ascending; those after `presentUntil`. */
  readonly beyondAt: readonly number[];
  /** Up to here, messages were there already when the window left the present. */
  readonly presentUntil: number;
  /** True after a reset: what is shown may have changed unseen, and must be read anew. */
  readonly stale: boolean;
}

export const EMPTY_TIMELINE: Timeline = {
  messages: [],
  loaded: false,
  atStart: false,
  atEnd: false,
  following: true,
  beyond: 0,
  beyondAt: [],
  presentUntil: 0,
  stale: false,
};

/**
 * A message in its present state: replaces itself, or takes its place if that is in the window. It may take a place
 * between others, because what was missed comes in the order of its last change, not of its place.
 */
export function withMessage(timeline: Timeline, message: Message): Timeline {
  const { messages, loaded, atStart, atEnd } = timeline;
  const index = position(messages, message.seq);
  if (messages[index]?.seq === message.seq) return { ...timeline, messages: messages.with(index, message) };
  if (!loaded || (index === 0 && messages.length > 0 && !atStart)) return timeline;
  if (index === messages.length && !atEnd) {
    return message.deleted_at === undefined
      ? counted(timeline, message.seq)
      : uncounted(timeline, message.seq);
  }
  return bounded({ ...timeline, messages: messages.toSpliced(index, 0, message) });
}

function counted(timeline: Timeline, seq: number): Timeline {
  const { beyondAt, presentUntil } = timeline;
  if (seq <= presentUntil || beyondAt.includes(seq) || beyondAt.length >= BEYOND_MAXIMUM) return timeline;
  const next = [...beyondAt, seq].sort((one, other) => one - other);
  return { ...timeline, beyondAt: next, beyond: next.length };
}

/** What was removed is nothing to go to. */
function uncounted(timeline: Timeline, seq: number): Timeline {
  const beyondAt = timeline.beyondAt.filter((other) => other !== seq);
  return { ...timeline, beyondAt, beyond: beyondAt.length };
}

/** One more than the maximum has to go: at the start, or, when someone reads further up, at the end. */
function bounded(timeline: Timeline): Timeline {
  const { messages, following, atEnd } = timeline;
  const last = messages.at(-1);
  if (messages.length <= WINDOW_MAXIMUM || !last) return timeline;
  if (following) return { ...timeline, messages: messages.slice(1), atStart: false };
  const left = { ...timeline, messages: messages.slice(0, -1), atEnd: false };
  return counted(atEnd ? { ...left, presentUntil: last.seq - 1 } : left, last.seq);
}

/** The newest page in place of whatever was there. */
export function withNewest(timeline: Timeline, page: readonly Message[], limit: number): Timeline {
  return {
    ...EMPTY_TIMELINE,
    following: timeline.following,
    messages: page,
    loaded: true,
    atStart: page.length < limit,
    atEnd: true,
  };
}

/**
 * A page from the middle in place of whatever was there. A short one is all that there is; else the ends are found by
 * reading on. `present` is the room's `seq`.
 */
export function withSurroundings(page: readonly Message[], limit: number, present: number): Timeline {
  const isAll = page.length < limit;
  const ends = { atStart: isAll, atEnd: isAll, presentUntil: present };
  return { ...EMPTY_TIMELINE, ...ends, messages: page, loaded: true, following: false };
}

/** The page before the window. It must have been asked for with the window's first `seq`. */
export function withOlder(
  timeline: Timeline,
  page: readonly Message[],
  limit: number,
  present: number,
): Timeline {
  const all = [...page, ...timeline.messages];
  const grown = { ...timeline, messages: all.slice(0, WINDOW_MAXIMUM), atStart: page.length < limit };
  if (all.length <= WINDOW_MAXIMUM) return grown;
  return { ...grown, atEnd: false, presentUntil: timeline.atEnd ? present : timeline.presentUntil };
}

/** The page after the window. It must have been asked for with the window's last `seq`. */
export function withNewer(timeline: Timeline, page: readonly Message[], limit: number): Timeline {
  const all = [...timeline.messages, ...page];
  const messages = all.slice(-WINDOW_MAXIMUM);
  const last = messages.at(-1)?.seq ?? 0;
  const atEnd = page.length < limit;
  const beyondAt = atEnd ? [] : timeline.beyondAt.filter((seq) => seq > last);
  const atStart = timeline.atStart && messages.length === all.length;
  return { ...timeline, messages, atStart, atEnd, beyondAt, beyond: beyondAt.length };
}

/** The index of the first message at or after `seq`; the length if there is none. */
export function position(messages: readonly Message[], seq: number): number {
  const last = messages.at(-1);
  if (!last || seq > last.seq) return messages.length;
  let [low, high] = [0, messages.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

// A window on a room's messages: one contiguous stretch, bounded, with pages on both sides. Pure; it fetches nothing.

import type { Message } from './protocol.ts';

/** The most messages that a window holds. Beyond it, the far end is let go. */
export const WINDOW_MAXIMUM = 300;

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
  /** How many messages have come since that are beyond the window's end. Zero at the end. */
  readonly beyond: number;
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
  stale: false,
};

/** A message in its present state: takes its place if it is new, replaces itself if it is shown. */
export function withMessage(timeline: Timeline, message: Message, isNew: boolean): Timeline {
  const index = position(timeline.messages, message.seq);
  if (timeline.messages[index]?.seq === message.seq) {
    return { ...timeline, messages: timeline.messages.with(index, message) };
  }
  if (!isNew || !timeline.loaded) return timeline;
  if (!timeline.atEnd) return { ...timeline, beyond: timeline.beyond + 1 };
  if (index < timeline.messages.length) {
    // A page brought later messages already, and they reach back over this place: it was trimmed away, or it is missing.
    return index === 0 ? timeline : { ...timeline, messages: timeline.messages.toSpliced(index, 0, message) };
  }
  return appended(timeline, message);
}

function appended(timeline: Timeline, message: Message): Timeline {
  const messages = [...timeline.messages, message];
  if (messages.length <= WINDOW_MAXIMUM) return { ...timeline, messages };
  if (timeline.following) return { ...timeline, messages: messages.slice(-WINDOW_MAXIMUM), atStart: false };
  // Someone reads further up: nothing is taken away under their eyes, so the window stops reaching the present.
  return { ...timeline, atEnd: false, beyond: 1 };
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

/** A page from the middle in place of whatever was there. Its ends are found by reading on. */
export function withSurroundings(page: readonly Message[]): Timeline {
  return { ...EMPTY_TIMELINE, messages: page, loaded: true, following: false };
}

/** The page before the window. It must have been asked for with the window's first `seq`. */
export function withOlder(timeline: Timeline, page: readonly Message[], limit: number): Timeline {
  const all = [...page, ...timeline.messages];
  const cut = all.length > WINDOW_MAXIMUM;
  const messages = cut ? all.slice(0, WINDOW_MAXIMUM) : all;
  return { ...timeline, messages, atStart: page.length < limit, atEnd: timeline.atEnd && !cut };
}

/** The page after the window. It must have been asked for with the window's last `seq`. */
export function withNewer(timeline: Timeline, page: readonly Message[], limit: number): Timeline {
  const all = [...timeline.messages, ...page];
  const cut = all.length > WINDOW_MAXIMUM;
  const atEnd = page.length < limit;
  return {
    ...timeline,
    messages: cut ? all.slice(-WINDOW_MAXIMUM) : all,
    atStart: timeline.atStart && !cut,
    atEnd,
    beyond: atEnd ? 0 : Math.max(0, timeline.beyond - page.length),
  };
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

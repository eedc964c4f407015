// One room as a view uses it: its state over time, pages of its history, and what one can do in it.
//
// All loads of a room run one after another, so that no answer lands in a window that another answer has replaced.

import type { PendingMessage } from './outbox.ts';
import type { History, Member, Message } from './protocol.ts';
import type { Readable } from './observable.ts';
import type { HistoryQuery, Rest } from './rest.ts';
import { changedSince, type RoomState } from './room-state.ts';
import { position, type Timeline, withNewer, withNewest, withOlder, withSurroundings } from './timeline.ts';

/** How many messages a page has. */
export const PAGE = 60;

/** What the handle needs of the client. */
export interface RoomContext {
  rest: Rest;
  state: Readable<RoomState | undefined>;
  change: (room: string, change: (state: RoomState) => RoomState) => void;
  /** The room's events are wanted until the answer is called. */
  hold: (room: string) => () => void;
  /** Resolves once a room that is being opened has come to the present, or can't. */
  present: (room: string) => Promise<void>;
  learn: (history: Pick<History, 'users'>) => void;
  send: (room: string, body: string, replyTo?: string) => PendingMessage;
  retry: (nonce: string) => void;
  discard: (nonce: string) => void;
}

/** A line of the timeline: a message, or one's own on its way. `key` names it for life. */
export type Row =
  | { readonly key: string; readonly message: Message; readonly pending?: undefined }
  | { readonly key: string; readonly pending: PendingMessage; readonly message?: undefined };

/** The lines to show: the window's messages, then, at the end, what is on its way. Keys are unique and never change. */
export function rowsOf(state: RoomState): readonly Row[] {
  const { messages, atEnd, loaded } = state.timeline;
  const rows: Row[] = messages.map((message) => ({ key: rowKey(message), message }));
  if (!atEnd && loaded) return rows;
  for (const pending of state.pending) rows.push({ key: `${state.self}/${pending.nonce}`, pending });
  return rows;
}

/** A nonce is its author's: so a row keeps its key when it turns from pending to sent. */
export function rowKey(message: Message): string {
  return message.nonce === undefined ? message.id : `${message.author}/${message.nonce}`;
}

export class RoomHandle implements Readable<RoomState | undefined> {
  readonly id: string;
  readonly #context: RoomContext;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(id: string, context: RoomContext) {
    this.id = id;
    this.#context = context;
  }

  /** The state; undefined if one is not in the room. */
  get(): RoomState | undefined {
    return this.#context.state.get();
  }

  subscribe(listener: (state: RoomState | undefined) => void): () => void {
    return this.#context.state.subscribe(listener);
  }

  /**
   * The room is being looked at: its events come, those that were missed first, until what this returns is called. Whoever
   * shows a room holds it. Of a room that nobody holds only the head is told; its state stays, and goes on when it is held
   * again. Where the client follows all rooms, or the server knows nothing else, the events of all come anyway.
   */
  hold(): () => void {
    return this.#context.hold(this.id);
  }

  /** Resolves once a held room has come to the present, or can't at this time. */
  present(): Promise<void> {
    return this.#context.present(this.id);
  }

  /** Makes sure that there is a timeline to show: the newest page, unless one is loaded and good. */
  open(): Promise<void> {
    return this.#once('open', async () => {
      // What is loaded may be about to be brought to the present, or to be found too old for that.
      if (this.#timeline()?.loaded) await this.present();
      const timeline = this.#timeline();
      if (!timeline || (timeline.loaded && !timeline.stale)) return;
      const middle = timeline.messages[timeline.messages.length >> 1];
      if (timeline.stale && !timeline.following && middle) await this.#around(middle.seq);
      else await this.#newest();
    });
  }

  /** Goes to the present, whatever is shown now. */
  toEnd(): Promise<void> {
    return this.#once('end', async () => {
      if (!this.#timeline()?.atEnd) await this.#newest();
      this.follow(true);
    });
  }

  /** Reads the page before the window. Nothing happens at the start. */
  loadOlder(): Promise<void> {
    return this.#once('older', async () => {
      const first = this.#timeline()?.messages[0];
      if (!first || this.#timeline()?.atStart) return;
      await this.#page({ before: first.seq }, (timeline, page, limit) =>
        timeline.messages[0]?.seq === first.seq
          ? withOlder(timeline, page, limit, this.get()?.seq ?? 0)
          : timeline,
      );
    });
  }

  /** Reads the page after the window. Nothing happens at the end. */
  loadNewer(): Promise<void> {
    return this.#once('newer', async () => {
      const last = this.#timeline()?.messages.at(-1);
      if (!last || this.#timeline()?.atEnd) return;
      await this.#page({ after: last.seq }, (timeline, page, limit) =>
        timeline.messages.at(-1)?.seq === last.seq ? withNewer(timeline, page, limit) : timeline,
      );
    });
  }

  /** Shows the surroundings of a place; asks for them only if the window does not have it. */
  jumpTo(seq: number): Promise<void> {
    return this.#once(`jump ${seq}`, async () => {
      const messages = this.#timeline()?.messages ?? [];
      if (messages[position(messages, seq)]?.seq === seq) return;
      await this.#around(seq);
    });
  }

  /** Says whether the reader stands at the end. While they don't, nothing is trimmed above them for what comes below. */
  follow(following: boolean): void {
    this.#context.change(this.id, (state) =>
      state.timeline.following === following
        ? state
        : { ...state, timeline: { ...state.timeline, following } },
    );
  }

  /** Queues a message; its row is in `pending` at once. */
  send(body: string, replyTo?: string): PendingMessage {
    return this.#context.send(this.id, body, replyTo);
  }

  retry(nonce: string): void {
    this.#context.retry(nonce);
  }

  discard(nonce: string): void {
    this.#context.discard(nonce);
  }

  async edit(message: string, body: string): Promise<void> {
    await this.#context.rest.editMessage(this.id, message, { body });
  }

  async delete(message: string): Promise<void> {
    await this.#context.rest.deleteMessage(this.id, message);
  }

  /** Reads all members into the state; `online` is of that moment, presence tells on. */
  loadMembers(): Promise<void> {
    return this.#once('members', async () => {
      const seqBefore = this.get()?.seq ?? 0;
      const found: Member[] = [];
      let after: string | undefined;
      do {
        const page = await this.#context.rest.members(this.id, {
          limit: 200,
          ...(after !== undefined && { after }),
        });
        found.push(...page.members);
        after = page.next;
      } while (after !== undefined);
      this.#context.learn({ users: found.map((member) => member.user) });
      this.#context.change(this.id, (state) => withMembers(state, found, seqBefore));
    });
  }

  async #newest(): Promise<void> {
    await this.#page({}, (timeline, page, limit) => withNewest(timeline, page, limit));
  }

  async #around(seq: number): Promise<void> {
    await this.#page({ around: seq }, (_timeline, page, limit) =>
      withSurroundings(page, limit, this.get()?.seq ?? 0),
    );
  }

  /** Reads a page and merges it, freshened by what happened while it was on its way. */
  async #page(
    query: HistoryQuery,
    merge: (timeline: Timeline, page: readonly Message[], limit: number) => Timeline,
  ): Promise<void> {
    for (;;) {
      const history = await this.#context.rest.history(this.id, { limit: PAGE, ...query });
      this.#context.learn(history);
      const state = this.get();
      if (!state) return;
      // A page that was cut because it would be too large is not the last, however short it is.
      const limit = history.cut === true ? 0 : PAGE;
      const newer = changedSince(state, history.head);
      // So much happened meanwhile that it isn't all remembered: the page is too old to use.
      if (newer === null) continue;
      this.#context.change(this.id, (state) =>
        freshened(state, merge(state.timeline, history.messages, limit), newer),
      );
      return;
    }
  }

  #timeline(): Timeline | undefined {
    return this.get()?.timeline;
  }

  /** One load of a kind at a time; loads of different kinds in turn. */
  #once(kind: string, work: () => Promise<void>): Promise<void> {
    const underWay = this.#underWay.get(kind);
    if (underWay) return underWay;
    const run = this.#queue.then(work).finally(() => this.#underWay.delete(kind));
    this.#queue = run.catch(() => undefined);
    this.#underWay.set(kind, run);
    return run;
  }
}

/** The state with a merged page, brought up to `seq` by the changes that the page could not have. */
function freshened(state: RoomState, timeline: Timeline, newer: readonly Message[]): RoomState {
  const last = timeline.messages.at(-1)?.seq ?? 0;
  let { messages } = timeline;
  for (const message of newer) {
    const index = position(messages, message.seq);
    if (messages[index]?.seq === message.seq) messages = messages.with(index, message);
    else if (timeline.atEnd && message.seq > last) messages = messages.toSpliced(index, 0, message);
  }
  const newest = Math.max(state.newest, messages.at(-1)?.seq ?? 0);
  const known = new Set(
    messages.filter((message) => message.author === state.self).map((message) => message.nonce),
  );
  const pending = state.pending.filter((one) => !known.has(one.nonce));
  return { ...state, newest, pending, timeline: { ...timeline, messages } };
}

/** What was heard while the list was read stands; if it may have been missed by the list, the list is not complete. */
function withMembers(state: RoomState, found: readonly Member[], seqBefore: number): RoomState {
  const undisturbed = state.seq === seqBefore;
  const members = new Map(undisturbed ? [] : state.members);
  for (const member of found) {
    if (undisturbed || !members.has(member.user.id)) members.set(member.user.id, member);
  }
  return { ...state, members, membersComplete: true };
}

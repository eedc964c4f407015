// An open room as the screen works with it: its lines, what is being edited or answered, and what was unread at entry.

import { PAGE, rowsOf, type Message, type Room, type RoomHandle, type RoomState } from '@parlor/client';
import { today } from '../i18n/today.svelte.ts';
import { linesOf, type Line } from '../messages/lines.ts';
import type { TimelineSource } from '../messages/timeline-source.ts';
import type { Answered } from './drafts.svelte.ts';
import type { Edit } from './edits.svelte.ts';
import { inWords } from './errors.ts';
import { Live } from './live.svelte.ts';
import { MuteWatch } from './muted.svelte.ts';
import type { Belongings } from './parlor.svelte.ts';

/** What of one's own a room needs. */
type Own = Pick<Belongings, 'reading' | 'drafts' | 'edits'>;

export class RoomView implements TimelineSource {
  readonly handle: RoomHandle;
  readonly #live: Live<RoomState | undefined>;
  readonly #belongings: Own;
  /** What was read when one came in, or when one looked away: the mark of the unread stands behind it. */
  #mark = $state<number | null>(null);
  /** True once something has come since one looked away. */
  #hasMissed = false;
  /** The message whose words one has just begun to change: its field takes the focus. */
  #begun: string | null = null;
  #trouble = $state<string | null>(null);
  #loading = $state(0);
  /** True while what was loaded before is brought to the present: where the unread begins is not known yet. */
  #catchingUp = $state(false);

  constructor(handle: RoomHandle, belongings: Own) {
    this.handle = handle;
    this.#belongings = belongings;
    const { reading } = belongings;
    this.#live = new Live(handle);
    const position = reading.position(handle.id);
    const state = handle.get();
    this.#mark = reading.unread(handle.id) > 0 || position < (state?.newest ?? 0) ? position : null;
    this.#catchingUp = state !== undefined && state.head > state.seq;
  }

  get state(): RoomState | undefined {
    return this.#live.current;
  }

  readonly #mute = new MuteWatch(() => this.state?.room.muted);

  /** The room, without a mute of one's own whose time is over. */
  readonly room: Room | undefined = $derived.by(() => {
    const room = this.state?.room;
    if (!room?.muted || this.#mute.holds) return room;
    const { muted: _over, ...heard } = room;
    return heard;
  });

  readonly #rows = $derived.by(() => (this.state ? rowsOf(this.state) : []));
  readonly #lines: readonly Line[] = $derived.by(() => {
    // Where days begin is another place in another zone.
    void today.zone;
    return linesOf(this.#rows, this.state?.self ?? '', this.#mark, this.atStart);
  });

  get lines(): readonly Line[] {
    return this.#lines;
  }

  get isLoaded(): boolean {
    return !this.#catchingUp && (this.state?.timeline.loaded ?? false);
  }

  get atStart(): boolean {
    return this.state?.timeline.atStart ?? false;
  }

  get atEnd(): boolean {
    return this.state?.timeline.atEnd ?? false;
  }

  get beyond(): number {
    return this.state?.timeline.beyond ?? 0;
  }

  get known(): number {
    return this.state?.seq ?? 0;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  get isLoading(): boolean {
    return this.#loading > 0;
  }

  /** Comes in: to the present, or to where one stopped reading if that is more than a page ago. */
  enter = (): Promise<void> =>
    this.#load(async () => {
      const timeline = this.handle.get()?.timeline;
      const mark = this.#mark;
      if (mark !== null && this.#belongings.reading.unread(this.handle.id) >= PAGE)
        await this.handle.jumpTo(mark);
      else if (timeline?.loaded && !timeline.atEnd) await this.handle.toEnd();
      else await this.handle.open();
    });
  /** Comes back to where one was before. */
  enterAt = (seq: number): Promise<void> =>
    this.#load(async () => {
      await this.handle.open();
      await this.handle.jumpTo(seq);
    });
  loadOlder = (): Promise<void> => this.#load(() => this.handle.loadOlder());
  loadNewer = (): Promise<void> => this.#load(() => this.handle.loadNewer());
  toEnd = (): Promise<void> => this.#load(() => this.handle.toEnd());
  jumpTo = (seq: number): Promise<void> => this.#load(() => this.handle.jumpTo(seq));

  follow(following: boolean): void {
    this.handle.follow(following);
  }

  /** Goes: what comes now pushes the oldest rows out, so that a room that nobody looks at does not grow. */
  leave(): void {
    this.handle.follow(true);
  }

  seen(): void {
    const state = this.handle.get();
    if (state) this.#belongings.reading.readUpTo(this.handle.id, state.seq);
    // What is missed from now on begins here.
    this.#hasMissed = false;
  }

  /** A message has come that was not seen: nobody was there, or the connection was not. */
  missed(): void {
    if (this.#hasMissed) return;
    this.#hasMissed = true;
    this.#mark = this.#belongings.reading.position(this.handle.id);
  }

  /** Somebody is there again, or has looked for a while; true if something had come meanwhile. */
  back(): boolean {
    const had = this.#hasMissed;
    this.#hasMissed = false;
    return had;
  }

  /** The message of that id, if it is in the window. */
  message(id: string): Message | undefined {
    return this.state?.timeline.messages.find((message) => message.id === id);
  }

  /** One's own newest message that still has words. */
  lastOwn(): Message | undefined {
    const state = this.handle.get();
    return state?.timeline.messages.findLast(
      (one) => one.author === state.self && one.deleted_at === undefined,
    );
  }

  /** The newest message that has words. */
  last(): Message | undefined {
    return this.handle.get()?.timeline.messages.findLast((one) => one.deleted_at === undefined);
  }

  /** The message that is being answered: as it is now, if it is at hand. */
  get replyingTo(): Answered | null {
    const answered = this.#belongings.drafts.answered(this.handle.id);
    return answered && (this.message(answered.id) ?? answered);
  }

  set replyingTo(message: Answered | null) {
    this.#belongings.drafts.answer(this.handle.id, message);
  }

  /** Begins to change a message's words; what was begun before stays open. */
  edit(message: Message): void {
    this.#belongings.edits.begin(this.handle.id, message);
    this.#begun = message.id;
  }

  /** Whether the field of this message takes the focus: once, when it was just begun. */
  takesFocus(message: string): boolean {
    if (this.#begun !== message) return false;
    this.#begun = null;
    return true;
  }

  /** What was begun of a message that can't be changed here: it was removed, or is not among the lines. */
  readonly stranded: { readonly id: string; readonly edit: Edit; readonly isRemoved: boolean } | null =
    $derived.by(() => {
      if (!this.isLoaded) return null;
      for (const [id, edit] of this.#belongings.edits.in(this.handle.id)) {
        const message = this.message(id);
        if (message?.deleted_at !== undefined || !message)
          return { id, edit, isRemoved: message !== undefined };
      }
      return null;
    });

  /** Takes the text of a message that is gone over into the draft. */
  rescue(id: string, { text }: Edit): void {
    const { drafts, edits } = this.#belongings;
    const draft = drafts.of(this.handle.id);
    drafts.keep(this.handle.id, draft.trim() === '' ? text : `${draft}\n\n${text}`);
    edits.end(id);
  }

  /** Leaves what is being done, the latest first; false if nothing was. A text that was changed is not given up like this. */
  stepBack(): boolean {
    const { edits } = this.#belongings;
    const begun = edits.in(this.handle.id).findLast(([, edit]) => edit.text === edit.before);
    if (begun) edits.end(begun[0]);
    else if (this.replyingTo !== null) this.replyingTo = null;
    else return false;
    return true;
  }

  async #load(work: () => Promise<void>): Promise<void> {
    this.#loading += 1;
    try {
      await work();
      this.#trouble = null;
    } catch (error) {
      this.#trouble = inWords(error);
    } finally {
      this.#catchingUp = false;
      this.#loading -= 1;
    }
  }
}

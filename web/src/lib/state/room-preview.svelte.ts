// A public room as one reads it from the doorway: history in pages, nothing live, nothing of one's own.

import type { Message, ParlorClient, Room } from '@parlor/client';
import { today } from '../i18n/today.svelte.ts';
import { linesOf } from '../messages/lines.ts';
import type { TimelineSource } from '../messages/timeline-source.ts';
import { inWords } from './errors.ts';

const PAGE = 60;
/** As many rows as a timeline may have. */
const MOST = 300;

export class RoomPreview implements TimelineSource {
  readonly room: Room;
  readonly #client: ParlorClient;
  #messages = $state.raw<readonly Message[]>([]);
  #isLoaded = $state(false);
  #atStart = $state(false);
  #trouble = $state<string | null>(null);
  #isLoading = $state(false);

  constructor(client: ParlorClient, room: Room) {
    this.#client = client;
    this.room = room;
  }

  readonly #lines = $derived.by(() => {
    void today.zone;
    const rows = this.#messages.map((message) => ({ key: message.id, message }));
    return linesOf(rows, '', null);
  });

  get lines() {
    return this.#lines;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get atStart(): boolean {
    return this.#atStart || this.#messages.length >= MOST;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  readonly atEnd = true;
  readonly beyond = 0;

  get known(): number {
    return this.#messages.at(-1)?.seq ?? 0;
  }

  async loadOlder(): Promise<void> {
    if (this.#isLoading || this.atStart) return;
    this.#isLoading = true;
    const before = this.#messages[0]?.seq;
    try {
      const query = before === undefined ? { limit: PAGE } : { limit: PAGE, before };
      const { messages, cut } = await this.#client.rest.history(this.room.id, query);
      this.#client.needUsers(messages.map((message) => message.author));
      this.#messages = [...messages, ...this.#messages];
      this.#atStart = messages.length < PAGE && cut !== true;
      this.#isLoaded = true;
      this.#trouble = null;
    } catch (error) {
      this.#trouble = inWords(error);
    } finally {
      this.#isLoading = false;
    }
  }

  loadNewer = async (): Promise<void> => {};
  toEnd = async (): Promise<void> => {};
  jumpTo = async (): Promise<void> => {};
  follow(): void {}
  seen(): void {}
}

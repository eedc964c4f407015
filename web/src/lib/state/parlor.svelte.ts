// The whole client's state: who one is, how the connection is, and what hangs on a signed-in person. No DOM.

import {
  asParlorError,
  ParlorClient,
  type ConnectionStatus,
  type EndReason,
  type Message,
  type ParlorClientOptions,
  type RoomState,
  type ServerInfo,
  type User,
} from '@parlor/client';
import { byName } from '../i18n/order.ts';
import { Activity } from './activity.svelte.ts';
import { Announcer } from './announcer.svelte.ts';
import { Copying } from './copying.svelte.ts';
import { Drafts } from './drafts.svelte.ts';
import { Edits } from './edits.svelte.ts';
import { Live } from './live.svelte.ts';
import { Preference, type DensityChoice, type ThemeChoice } from './preference.svelte.ts';
import { Reading } from './reading.svelte.ts';
import { roomPath } from './routes.ts';
import { serverTime } from './server-time.svelte.ts';
import { forgetVisits } from './visits.ts';

/** What a signed-in person has beside the server's own state. */
export interface Belongings {
  readonly user: string;
  readonly drafts: Drafts;
  readonly edits: Edits;
  readonly reading: Reading;
}

/** Where somebody goes who has just set up the server. Which room that is shows once one is connected. */
export const FIRST_ROOM = Symbol('the first room');

export type Phase = 'starting' | 'unreachable' | 'open';

export class Parlor {
  readonly client: ParlorClient;
  readonly theme = new Preference<ThemeChoice>('theme', ['system', 'light', 'dark']);
  readonly density = new Preference<DensityChoice>('density', ['normal', 'compact', 'large']);
  readonly announcer = new Announcer();
  readonly copying = new Copying();
  readonly activity = new Activity();
  #phase = $state<Phase>('starting');
  #server = $state.raw<ServerInfo | null>(null);
  #belongings = $state.raw<Belongings | null>(null);
  /** Why the last session ended, for the sign-in screen to say. */
  #ended = $state<EndReason | null>(null);
  /** Where an invitation has led, until one is there. */
  goal = $state<string | null>(null);
  /** The visit (of the router) to a room that one is leaving: that it goes from one's own is no news there. */
  leavingVisit = $state<number | null>(null);
  /** True until the rooms are known of somebody who has just set up the server. */
  #seeksFirstRoom = false;
  readonly #user: Live<User | null>;
  readonly #status: Live<ConnectionStatus>;
  readonly #rooms: Live<ReadonlyMap<string, RoomState>>;
  readonly #users: Live<ReadonlyMap<string, User>>;
  readonly #presence: Live<ReturnType<ParlorClient['presence']['get']>>;

  constructor(options: ParlorClientOptions = {}) {
    this.client = new ParlorClient({ cookie: true, follow: 'opened', ...options });
    this.#user = new Live(this.client.user);
    this.#status = new Live(this.client.status);
    this.#rooms = new Live(this.client.rooms);
    this.#users = new Live(this.client.users);
    this.#presence = new Live(this.client.presence);
    serverTime.follow(this.client.clock);
    this.#listen();
  }

  get phase(): Phase {
    return this.#phase;
  }

  get server(): ServerInfo | null {
    return this.#server;
  }

  /** What the people who run the server call it. */
  get serverName(): string {
    return this.#server?.name ?? 'Parlor';
  }

  get user(): User | null {
    return this.#user.current;
  }

  get status(): ConnectionStatus {
    return this.#status.current;
  }

  get rooms(): ReadonlyMap<string, RoomState> {
    return this.#rooms.current;
  }

  get users(): ReadonlyMap<string, User> {
    return this.#users.current;
  }

  get presence(): ReturnType<ParlorClient['presence']['get']> {
    return this.#presence.current;
  }

  get belongings(): Belongings | null {
    return this.#belongings;
  }

  get ended(): EndReason | null {
    return this.#ended;
  }

  /** True once the rooms are known: before, nothing can be said of an address. */
  get isReady(): boolean {
    return this.#wasOnline;
  }
  #wasOnline = $state(false);

  /** Finds out where and who one is. Call it again to try again. */
  async start(): Promise<void> {
    try {
      const [server, user] = await Promise.all([this.client.rest.server(), this.client.restore()]);
      this.#server = server;
      if (user) this.client.connect();
      this.#phase = 'open';
    } catch (error) {
      if (this.#phase === 'starting') this.#phase = 'unreachable';
      if (asParlorError(error).code !== 'network') throw error;
    }
  }

  /** Reads anew what strangers may do here: it changes once the owner exists. */
  async refreshServer(): Promise<void> {
    this.#server = await this.client.rest.server();
  }

  /** Call it after one has come in by a form; `goal` is where to, if not to where one was going. */
  entered(goal: string | typeof FIRST_ROOM | null = null): void {
    this.#seeksFirstRoom = goal === FIRST_ROOM;
    this.goal = goal === FIRST_ROOM ? null : goal;
    this.#ended = null;
    this.client.connect();
  }

  async signOut(): Promise<void> {
    const belongings = this.#belongings;
    await this.client.signOut();
    belongings?.drafts.clear();
    belongings?.edits.clear();
    forgetVisits();
  }

  /** The rooms that one is in, by name. */
  readonly sortedRooms = $derived.by(() =>
    [...this.rooms.values()].sort((one, other) => byName(one.room.name, other.room.name)),
  );

  roomBySlug(slug: string): RoomState | undefined {
    for (const state of this.rooms.values()) if (state.room.slug === slug) return state;
    return undefined;
  }

  nameOf(user: string): string | null {
    return this.users.get(user)?.display_name ?? null;
  }

  #listen(): void {
    const { client } = this;
    client.user.subscribe((user) => {
      if (user && this.#belongings?.user !== user.id) this.#belongings = this.#bring(user.id);
    });
    client.status.subscribe((status) => {
      if (status.state === 'online') this.#wasOnline = true;
      if (status.state === 'online' && this.#seeksFirstRoom) this.#goToFirstRoom();
    });
    client.rooms.subscribe((rooms) => {
      if (this.#wasOnline) this.#belongings?.reading.meet(rooms);
    });
    client.on('message', (event) => this.#belongings?.reading.heard(event));
    client.on('read', ({ room, seq }) => this.#belongings?.reading.readElsewhere(room, seq));
    client.on('head', (news) => this.#belongings?.reading.moved(news));
    client.on('change', ({ room, frame }) => {
      const messages =
        frame.type === 'room.changes'
          ? frame.data.messages
          : frame.type === 'message.deleted'
            ? [frame.data]
            : [];
      for (const message of messages)
        if (message.deleted_at !== undefined) this.#belongings?.reading.removed(room, message);
    });
    client.on('room.left', ({ room }) => this.#belongings?.reading.forget(room));
    client.on('session.ended', ({ reason }) => {
      this.#wasOnline = false;
      // Whoever comes back goes on where they were.
      this.#belongings?.drafts.store();
      this.#belongings?.edits.store();
      this.#belongings = null;
      this.#ended = reason;
    });
  }

  #goToFirstRoom(): void {
    this.#seeksFirstRoom = false;
    const first = this.sortedRooms[0];
    if (first) this.goal = roomPath(first.room.slug);
  }

  #bring(user: string): Belongings {
    const reading = new Reading(
      user,
      async (room, after, limit) => {
        const found: Message[] = [];
        for (let [from, rest] = [after, limit]; rest > 0; rest = limit - found.length) {
          const page = await this.client.rest.history(room, { after: from, limit: rest });
          found.push(...page.messages);
          from = page.messages.at(-1)?.seq ?? from;
          if (page.cut !== true) break;
        }
        return found;
      },
      (room, seq) => {
        this.client.markRead(room, seq);
      },
    );
    return { user, drafts: new Drafts(user), edits: new Edits(user), reading };
  }
}

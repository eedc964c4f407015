// The client: who one is, the connection, and the state of all rooms. A web page is a thin view on it; a bot needs no more.
//
// It wires the parts together and owns what they share. The rules of a room are in room-state.ts, of sending in outbox.ts.

import { ServerClock } from './clock.ts';
import { Connection, type ConnectionStatus, type EndReason } from './connection.ts';
import { completeEnvironment, type Environment } from './environment.ts';
import { ParlorError } from './errors.ts';
import { Following, type HeadNews } from './following.ts';
import { Emitter, type Readable, Value } from './observable.ts';
import { Outbox, type PendingMessage } from './outbox.ts';
import { People } from './people.ts';
import type * as Wire from './protocol.ts';
import { ReadPositions } from './read-positions.ts';
import { API_PREFIX, Rest } from './rest.ts';
import { RoomHandle } from './room.ts';
import { isRoomFrame, type PlacedFrame, type RoomState, withRead } from './room-state.ts';
import { Rooms } from './rooms.ts';

export interface ParlorClientOptions extends Partial<Environment> {
  /** The server's address, such as `https://chat.example`; the page's own if absent. */
  baseUrl?: string;
  /** A bearer token. */
  token?: string | null;
  /** `msgpack` asks for smaller frames than JSON's; a server that does not have them is spoken to in JSON, the default. */
  encoding?: 'json' | 'msgpack';
  /**
   * `opened`: the events of a room come only while somebody holds it, see `RoomHandle.hold`; of the others, `head` tells
   * that they moved on. With `all`, the default, and with servers that know nothing else, all rooms are open.
   */
  follow?: Wire.Follow;
  /** True to keep the session in a cookie that scripts can't read: for pages of the server's own origin. */
  cookie?: boolean;
}

/** Who of the watched room is connected. */
export interface PresenceState {
  readonly room: string;
  readonly online: ReadonlySet<string>;
}

export interface ClientEvents {
  /** A message that was not known of: live, or missed while offline. */
  message: { readonly room: string; readonly message: Wire.Message; readonly missed: boolean };
  /** Any durable change, in the order of the room. */
  change: { readonly room: string; readonly frame: PlacedFrame };
  /** One has read a room up to here, on this or another device. */
  read: { readonly room: string; readonly seq: number };
  /** A room that is not open has moved on, or an open one was so far behind that it began anew. */
  head: HeadNews;
  'room.joined': { readonly room: Wire.Room };
  'room.left': { readonly room: string };
  /** The session is over, by one's own will or not. */
  'session.ended': { readonly reason: EndReason };
}

export class ParlorClient {
  /** Every HTTP call, typed. The methods below also keep the state. */
  readonly rest: Rest;
  readonly #environment: Environment;
  readonly #cookie: boolean;
  #token: string | null;
  readonly #baseUrl: string;
  readonly #events = new Emitter<ClientEvents>();
  readonly #user = new Value<Wire.User | null>(null);
  readonly #status = new Value<ConnectionStatus>({ state: 'idle' });
  readonly #presence = new Value<PresenceState | null>(null);
  readonly #handles = new Map<string, RoomHandle>();
  readonly #rooms: Rooms;
  readonly #people: People;
  readonly #clock: ServerClock;
  readonly #outbox: Outbox;
  readonly #positions: ReadPositions;
  readonly #following: Following;
  readonly #connection: Connection;
  #watched: string | null = null;

  constructor(options: ParlorClientOptions = {}) {
    this.#environment = completeEnvironment(options);
    this.#clock = new ServerClock(this.#environment.now);
    this.#cookie = options.cookie ?? false;
    this.#token = options.token ?? null;
    this.#baseUrl = (options.baseUrl ?? '').replace(/\/+$/, '');
    this.rest = new Rest({
      baseUrl: this.#baseUrl,
      fetch: this.#environment.fetch,
      token: () => this.#token,
      onError: (error) => {
        if (error.code === 'unauthenticated') this.#end('unauthenticated');
      },
    });
    this.#people = new People((ids) => this.rest.users(ids));
    this.#outbox = new Outbox({
      // What is on its way stands among what was sent, so it has its time by the same clock.
      environment: { ...this.#environment, now: () => this.#clock.now() },
      send: async (message) => {
        const sent = (await this.#connection.command('message.send', message)) as Wire.Sent;
        this.#rooms.expect(message.room, sent.seq);
        return sent;
      },
      onChange: (room, pending) => {
        this.#rooms.setPending(room, pending);
      },
    });
    this.#positions = new ReadPositions({
      tell: (room, seq) => this.#connection.command('room.read', { room, seq }),
      isOnline: () => this.#status.get().state === 'online',
    });
    this.#rooms = new Rooms({
      random: this.#environment.random,
      rest: this.rest,
      outbox: this.#outbox,
      people: this.#people,
      reopen: (room) => this.room(room).open(),
      onLeft: (room) => {
        this.#left(room);
      },
      onReset: (room, head) => {
        this.#events.emit('head', { room, head, messages: null });
      },
      onApplied: (room, frame, news) => {
        this.#applied(room, frame, news);
      },
    });
    this.#following = new Following({
      follow: options.follow ?? 'all',
      rooms: this.#rooms,
      random: this.#environment.random,
      command: (type, data) => this.#connection.command(type, data),
      onHead: (news) => {
        this.#events.emit('head', news);
      },
    });
    this.#connection = new Connection({
      environment: this.#environment,
      binary: options.encoding === 'msgpack',
      url: () => this.#socketUrl(),
      hello: () => ({
        ...(this.#token !== null && { token: this.#token }),
        ...this.#following.hello(),
      }),
      onFrame: (frame) => {
        this.#frame(frame);
      },
      onPong: (pong) => {
        this.#clock.learn(pong.now);
      },
      onStatus: (status) => {
        this.#statusChanged(status);
      },
      isAdmitted: async () => (await this.restore()) !== null,
      // All tabs of a browser share the cookie.
      ...(this.#cookie && {
        hasSuccessor: async () => (await this.rest.session()).user?.id === this.#selfId(),
      }),
    });
  }

  /** Oneself; null while signed out. */
  get user(): Readable<Wire.User | null> {
    return this.#user;
  }

  get status(): Readable<ConnectionStatus> {
    return this.#status;
  }

  /** The rooms one is in, by id. Known once the first connection is ready. */
  get rooms(): Readable<ReadonlyMap<string, RoomState>> {
    return this.#rooms.all;
  }

  /** Everybody that was heard of, by id. Unknown authors are looked up by themselves. */
  get users(): Readable<ReadonlyMap<string, Wire.User>> {
    return this.#people.all;
  }

  /**
   * How much the server's clock is ahead of this device's, in milliseconds; 0 until the server told its time. What ends at
   * a time, such as a mute, ends by the server's clock: compare it with `now()`.
   */
  get clock(): Readable<number> {
    return this.#clock.offset;
  }

  /** What time it is at the server, in milliseconds since 1970, as well as it is known. */
  now(): number {
    return this.#clock.now();
  }

  /** Who is there in the watched room; null while none is watched or the answer is on its way. */
  get presence(): Readable<PresenceState | null> {
    return this.#presence;
  }

  /** The bearer token, to be kept by whoever owns it; null in cookie mode. */
  get token(): string | null {
    return this.#token;
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** The room of that id: always the same object, whether one is in it or not. */
  room(id: string): RoomHandle {
    const existing = this.#handles.get(id);
    if (existing) return existing;
    const handle = new RoomHandle(id, {
      rest: this.rest,
      state: this.#rooms.one(id),
      change: (room, change) => {
        this.#rooms.change(room, change);
      },
      learn: (history) => {
        this.#people.learn(history.users);
      },
      hold: (room) => this.#following.hold(room),
      present: (room) => this.#following.present(room),
      send: (room, body, replyTo) => this.#send(room, body, replyTo),
      retry: (nonce) => {
        this.#outbox.retry(nonce);
      },
      discard: (nonce) => {
        this.#outbox.discard(nonce);
      },
    });
    this.#handles.set(id, handle);
    return handle;
  }

  /** Finds out who one is by the credential at hand; null if there is none that is valid. */
  async restore(): Promise<Wire.User | null> {
    const { user } = await this.rest.session();
    if (user) this.#enter(user);
    else this.#end('unauthenticated');
    return user ?? null;
  }

  async register(body: Omit<Wire.Register, 'cookie'>): Promise<Wire.SignedIn> {
    return this.#signedIn(await this.rest.register({ ...body, cookie: this.#cookie }));
  }

  async signIn(username: string, password: string): Promise<Wire.SignedIn> {
    return this.#signedIn(await this.rest.login({ username, password, cookie: this.#cookie }));
  }

  async enterAsGuest(body: Omit<Wire.EnterAsGuest, 'cookie'>): Promise<Wire.SignedIn> {
    return this.#signedIn(await this.rest.guest({ ...body, cookie: this.#cookie }));
  }

  /** Makes the guest that one is an account. In a browser that brings a new session: the one before ends. */
  async upgrade(body: Wire.UpgradeGuest): Promise<Wire.SignedIn> {
    const { state } = this.#status.get();
    // The socket would end with its session, which must not look like having been signed out.
    this.#connection.disconnect();
    try {
      const answer = await this.rest.upgrade(body);
      this.#enter(answer.user);
      return answer;
    } finally {
      if (state !== 'idle' && state !== 'ended') this.#connection.connect();
    }
  }

  async updateProfile(body: Wire.UpdateProfile): Promise<Wire.User> {
    const { user } = await this.rest.updateProfile(body);
    this.#enter(user);
    return user;
  }

  /** Ends the session here and on the server, and forgets everything, unsent messages too. */
  async signOut(): Promise<void> {
    await this.rest.logout().catch((error: unknown) => {
      if (!(error instanceof ParlorError && error.code === 'unauthenticated')) throw error;
    });
    this.#outbox.clear();
    this.#end('signed-out');
  }

  /**
   * Connects and stays connected; `status` tells how it goes. Throws `no_websocket` where there is no WebSocket and none
   * was given, and a `TypeError` where `baseUrl` is no address.
   */
  connect(): void {
    this.#connection.connect();
  }

  disconnect(): void {
    this.#connection.disconnect();
  }

  /** Ends a wait between two attempts. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  async createRoom(body: Wire.CreateRoom): Promise<Wire.Room> {
    return this.#joined(await this.rest.createRoom(body));
  }

  async joinRoom(id: string): Promise<Wire.Room> {
    return this.#joined(await this.rest.joinRoom(id));
  }

  async acceptInvite(code: string): Promise<Wire.Room> {
    return this.#joined(await this.rest.acceptInvite(code));
  }

  async leaveRoom(id: string): Promise<void> {
    await this.rest.leaveRoom(id);
    this.#left(id);
  }

  async updateRoom(id: string, body: Wire.UpdateRoom): Promise<Wire.Room> {
    return this.rest.updateRoom(id, body);
  }

  /** One has read a room up to here. The server keeps it for all devices; it never goes back. */
  markRead(room: string, seq: number): void {
    this.#positions.mark(room, seq);
    this.#read(room, seq);
  }

  /** Asks who of a room is connected, now and from now on, in place of the room watched before. */
  watchPresence(room: string): void {
    if (this.#watched === room) return;
    this.#watched = room;
    this.#presence.set(null);
    void this.#watch();
  }

  unwatchPresence(): void {
    const room = this.#watched;
    if (room === null) return;
    this.#watched = null;
    this.#presence.set(null);
    this.#connection.command('presence.unwatch', { room }).catch(() => undefined);
  }

  /** Looks up people that are not known yet. */
  needUsers(ids: Iterable<string>): void {
    this.#people.need(ids);
  }

  #send(room: string, body: string, replyTo?: string): PendingMessage {
    return this.#outbox.add(room, body, replyTo);
  }

  #selfId(): string {
    return this.#user.get()?.id ?? '';
  }

  #signedIn(answer: Wire.SignedIn): Wire.SignedIn {
    this.#token = answer.token ?? null;
    this.#enter(answer.user);
    if (answer.room) this.#joined(answer.room);
    return answer;
  }

  #enter(user: Wire.User): void {
    // Another person's rooms are not this one's.
    if (user.id !== (this.#user.get()?.id ?? user.id)) {
      this.#following.clear();
      this.#rooms.clear();
      this.#positions.clear();
    }
    this.#people.learn([user]);
    this.#user.set(user);
    this.#outbox.open(user.id);
  }

  #end(reason: EndReason): void {
    if (this.#user.get() === null && this.#status.get().state === 'idle') return;
    this.#connection.disconnect(reason);
  }

  #forget(reason: EndReason): void {
    this.#token = null;
    this.#watched = null;
    this.#outbox.open(null);
    this.#following.clear();
    this.#rooms.clear();
    this.#positions.clear();
    this.#people.clear();
    this.#presence.set(null);
    this.#user.set(null);
    this.#events.emit('session.ended', { reason });
  }

  #statusChanged(status: ConnectionStatus): void {
    this.#outbox.setReady(status.state === 'online');
    this.#status.set(status);
    if (status.state === 'online') {
      this.#following.online();
      this.#positions.online();
      this.#rooms.reopenStale();
      void this.#watch();
    } else {
      // Who is there is not known while nobody says who comes and goes.
      this.#presence.set(null);
    }
    // A flood or a refusal of another kind is no sign-out: the session is still good.
    if (status.state === 'ended' && status.reason !== 'flooding' && status.reason !== 'refused') {
      this.#forget(status.reason);
    }
  }

  #frame(frame: Wire.ServerFrame): void {
    switch (frame.type) {
      case 'ready':
        this.#clock.learn(frame.data.now);
        this.#enter(frame.data.user);
        for (const room of frame.data.rooms) this.#positions.learn(room.id, room.read);
        for (const room of this.#following.ready(frame.data)) {
          this.#events.emit('room.left', { room });
        }
        return;
      case 'room.joined':
        this.#joined(frame.data);
        this.#events.emit('room.joined', { room: frame.data });
        return;
      case 'room.left':
        this.#left(frame.room);
        return;
      case 'room.read':
        this.#positions.learn(frame.room, frame.data.seq);
        this.#read(frame.room, frame.data.seq);
        return;
      case 'presence.changed':
        this.#presenceChanged(frame.room, frame.data);
        return;
      case 'heads.changed':
        this.#following.heads(frame.data.heads);
        return;
      case 'ok':
      case 'error':
        return;
      default:
        // The rest is left aside: the server may say more one day.
        if (isRoomFrame(frame)) this.#rooms.receive(frame);
    }
  }

  #read(room: string, seq: number): void {
    const before = this.#rooms.all.get().get(room)?.room.read ?? 0;
    if (seq <= before) return;
    this.#rooms.change(room, (state) => withRead(state, seq));
    this.#events.emit('read', { room, seq });
  }

  #joined(room: Wire.Room): Wire.Room {
    this.#positions.learn(room.id, room.read);
    this.#rooms.joined(room, this.#selfId());
    this.#following.joined(room.id);
    return room;
  }

  #left(room: string): void {
    this.#positions.forget(room);
    if (this.#rooms.left(room)) this.#events.emit('room.left', { room });
    if (this.#watched === room) this.unwatchPresence();
  }

  #applied(room: string, frame: PlacedFrame, news: readonly Wire.Message[]): void {
    this.#events.emit('change', { room, frame });
    const missed = frame.type === 'room.changes';
    for (const message of news) this.#events.emit('message', { room, message, missed });
  }

  async #watch(): Promise<void> {
    const room = this.#watched;
    if (room === null) return;
    try {
      const data = (await this.#connection.command('presence.watch', { room })) as Wire.Presence;
      if (this.#watched !== room) return;
      this.#presence.set({ room, online: new Set(data.online) });
      this.#people.need(data.online);
    } catch {
      // Offline, or not in the room any more: the next connection asks again.
    }
  }

  #presenceChanged(room: string, data: Wire.Presence): void {
    const known = this.#presence.get();
    // Without the answer to the question, this would be only some of those who are there.
    if (this.#watched !== room || !known) return;
    const online = new Set(known.online);
    for (const id of data.online) online.add(id);
    for (const id of data.offline) online.delete(id);
    this.#presence.set({ room, online });
    this.#people.need(data.online);
  }

  #socketUrl(): string {
    const page = (globalThis as { location?: Location }).location;
    const base = new URL(this.#baseUrl || (page?.href ?? 'http://127.0.0.1:8080'));
    return `${base.protocol === 'https:' ? 'wss:' : 'ws:'}//${base.host}${API_PREFIX}/ws`;
  }
}

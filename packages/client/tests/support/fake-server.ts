// A server in memory, behind `fetch` and `WebSocket`, that can be cut, kept silent, and made to drop answers on purpose.

import { decodeBinary, encodeBinary } from '../../src/binary.ts';
import type {
  Error as WireError,
  Head,
  PlacedFrame,
  Presence,
  ServerFrame,
  User,
  WebSocketLike,
} from '../../src/index.ts';
import { BINARY_SUBPROTOCOL } from '../../src/protocol.ts';
import { FakeRoom, makeUser } from './fake-room.ts';

interface Command {
  type: string;
  ref: number;
  data: {
    room?: string;
    body?: string;
    nonce?: string;
    token?: string;
    resume?: { room: string; seq: number; epoch?: number }[];
    follow?: string;
    seq?: number;
    epoch?: number;
  };
}

type Refusal = WireError | 'silence' | 'drop-answer';

export class FakeServer {
  readonly rooms = new Map<string, FakeRoom>();
  readonly sockets = new Set<FakeSocket>();
  /** Every connection attempt, by the time of its making. */
  readonly attempts: number[] = [];
  /** Every command that arrived. */
  readonly commands: Command[] = [];
  /** Every HTTP request, as `GET /me`. */
  readonly requests: string[] = [];
  /** The subprotocols that each attempt offered. */
  readonly offers: string[][] = [];
  readonly self: User;
  /** False: no connection is made, as if nothing listened. */
  up = true;
  /** False: HTTP works, but no WebSocket gets through. */
  handshakes = true;
  /** False: the credential is not valid. */
  admits = true;
  /** What to do with the next sends, in turn. */
  refusals: Refusal[] = [];
  /** How many of the next events reach nobody. */
  lose = 0;
  pageSize = 200;
  /** Farther behind than this is told its position anew. */
  farthest = 1000;
  /** Answers in place of the routes below. */
  override: ((method: string, path: string) => Response | Promise<Response> | undefined) | undefined;
  /** Waits for this before it answers a request, once it has read what to answer. */
  hold: Promise<void> | undefined;
  /** False: knows nothing of rooms that are not open. */
  follows = true;
  /** The subprotocol that it takes, if it is offered; empty: it knows of none. */
  subprotocol: string = BINARY_SUBPROTOCOL;
  /** True: the client's WebSocket lets it pass if none is taken. Browsers don't, some packages do. */
  lenient = false;
  /** What to answer to the next commands `room.open` in place of opening. */
  refusedOpenings: WireError[] = [];
  /** How long after its answer the pages of an opened room come, in milliseconds. */
  pagesAfter = 0;
  presence: Presence = { online: [], offline: [] };
  /** How much its clock is ahead of the client's, in milliseconds; null if it does not tell the time. */
  ahead: number | null = 0;
  readonly #sent = new Map<string, { id: string; seq: number }>();

  constructor(self = makeUser('ada')) {
    this.self = self;
  }

  addRoom(name: string, ...others: User[]): FakeRoom {
    const room = new FakeRoom(name);
    for (const user of [this.self, ...others]) room.member(user, true);
    this.rooms.set(room.id, room);
    return room;
  }

  /** Tells everybody of an event, unless it is to be lost. */
  publish(frame: PlacedFrame): void {
    if (this.lose > 0) this.lose -= 1;
    else for (const socket of this.sockets) socket.tell(frame);
  }

  /** A second passes: everybody hears of the rooms that are not open. */
  tellHeads(): void {
    for (const socket of this.sockets) socket.tellHeads();
  }

  /** Ends every connection with a close code; 1006 is a cut cable. */
  cut(code = 1006, reason = ''): void {
    for (const socket of [...this.sockets]) socket.end(code, reason);
  }

  get WebSocket(): new (url: string, protocols?: string[]) => WebSocketLike {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the class below has a `this` of its own
    const server = this;
    return class extends FakeSocket {
      constructor(url: string, protocols?: string[]) {
        super(server, url, protocols);
      }
    };
  }

  receive(socket: FakeSocket, command: Command): void {
    this.commands.push(command);
    const { ref, data } = command;
    if (command.type === 'hello') this.#hello(socket, command);
    else if (command.type === 'ping') socket.deliver({ type: 'ok', ref, data: this.#time() });
    else if (command.type === 'message.send') this.#send(socket, command);
    else if (command.type === 'room.read') socket.deliver({ type: 'ok', ref, data: { seq: data.seq } });
    else if (command.type === 'room.open' && this.follows) this.#openRoom(socket, command);
    else if (command.type === 'room.close' && this.follows) {
      socket.open?.delete(data.room ?? '');
      socket.deliver({ type: 'ok', ref, data: {} });
    } else if (command.type === 'presence.watch') socket.deliver({ type: 'ok', ref, data: this.presence });
    else if (command.type === 'presence.unwatch') socket.deliver({ type: 'ok', ref, data: {} });
    else socket.deliver({ type: 'error', ref, error: { code: 'unknown_type', message: String(data) } });
  }

  #hello(socket: FakeSocket, { ref, data }: Command): void {
    if (!this.admits) {
      socket.end(4501);
      return;
    }
    const mine = [...this.rooms.values()].map((room) => room.room(this.self.id)).filter((room) => room.role);
    const resumed = data.resume ?? [];
    if (this.follows && data.follow === 'opened') socket.open = new Set(resumed.map(({ room }) => room));
    const follow = socket.open && { follow: 'opened' };
    socket.deliver({
      type: 'ready',
      ref,
      data: { user: this.self, rooms: mine, ...this.#time(), ...follow },
    });
    for (const { room: id, seq, epoch } of resumed) this.#catchUp(socket, id, seq, epoch);
  }

  #time(): { now?: string } {
    return this.ahead === null ? {} : { now: new Date(Date.now() + this.ahead).toISOString() };
  }

  #catchUp(socket: FakeSocket, id: string, seq: number, epoch: number | undefined): void {
    const room = this.rooms.get(id);
    if (!room) return;
    if (!room.holds(seq, epoch) || room.head - seq > this.farthest) {
      socket.deliver({ type: 'room.reset', room: id, data: { head: room.head, epoch: room.epoch } });
      return;
    }
    for (let from = seq; from < room.head;) {
      const page = room.changes(from, this.pageSize);
      socket.deliver({ type: 'room.changes', room: id, ...page });
      from = page.to;
    }
  }

  #openRoom(socket: FakeSocket, { ref, data }: Command): void {
    const error = this.refusedOpenings.shift();
    const room = this.rooms.get(data.room ?? '');
    if (error || !room) {
      socket.deliver({ type: 'error', ref, error: error ?? { code: 'not_found', message: 'No such room.' } });
      return;
    }
    socket.open?.add(room.id);
    socket.heads.delete(room.id);
    socket.deliver({ type: 'ok', ref, data: { head: room.head, epoch: room.epoch } });
    const { seq, epoch } = data;
    if (seq === undefined) return;
    const catchUp = (): void => {
      this.#catchUp(socket, room.id, seq, epoch);
    };
    if (this.pagesAfter > 0) setTimeout(catchUp, this.pagesAfter);
    else catchUp();
  }

  #send(socket: FakeSocket, { ref, data }: Command): void {
    const refusal = this.refusals.shift();
    if (typeof refusal === 'object') {
      socket.deliver({ type: 'error', ref, error: refusal });
      return;
    }
    if (refusal === 'silence') return;
    const room = this.rooms.get(data.room ?? '');
    const known = this.#sent.get(data.nonce ?? '');
    if (known) {
      socket.deliver({ type: 'ok', ref, data: known });
      return;
    }
    if (!room) {
      socket.deliver({ type: 'error', ref, error: { code: 'not_found', message: 'There is no such room.' } });
      return;
    }
    const frame = room.say(this.self, data.body ?? '', data.nonce);
    const sent = { id: (frame.data as { id: string }).id, seq: room.head };
    if (data.nonce !== undefined) this.#sent.set(data.nonce, sent);
    if (refusal !== 'drop-answer') socket.deliver({ type: 'ok', ref, data: sent });
    this.publish(frame);
  }

  fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    const path = url.pathname.replace('/api/v1', '');
    const method = init.method ?? 'GET';
    this.requests.push(`${method} ${path}${url.search}`);
    if (!this.up) throw new TypeError('fetch failed');
    const response = (await this.override?.(method, path)) ?? this.#route(method, path, url.searchParams);
    await this.hold;
    return response;
  };

  #route(method: string, path: string, query: URLSearchParams): Response {
    const number = (name: string): number | undefined => {
      const text = query.get(name);
      return text === null ? undefined : Number(text);
    };
    if (path === '/auth/session') return Response.json(this.admits ? { user: this.self } : {});
    if (path === '/me') {
      if (!this.admits)
        return refuse(401, { code: 'unauthenticated', message: 'There is no valid session.' });
      return Response.json({ user: this.self });
    }
    if (path === '/auth/login') return Response.json({ user: this.self, token: 'token-1' });
    if (path === '/auth/logout') return new Response(null, { status: 204 });
    if (path === '/users') {
      return Response.json({ users: (query.get('ids') ?? '').split(',').map((id) => makeUser(id.slice(4))) });
    }
    const [, id = '', rest = ''] = /^\/rooms\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    const room = this.rooms.get(id);
    if (!room) return refuse(404, { code: 'not_found', message: 'There is no such room.' });
    if (method === 'GET' && rest === '') return Response.json(room.room(this.self.id));
    if (rest === 'changes') {
      const after = number('after') ?? 0;
      const { head, epoch } = room;
      if (!room.holds(after, number('epoch')))
        return Response.json({ type: 'room.reset', room: id, data: { head, epoch } });
      const page = room.changes(after, this.pageSize);
      return Response.json({ type: 'room.changes', room: id, ...page, head, epoch });
    }
    if (rest === 'members')
      return Response.json({ members: [...room.members.values()].map((row) => row.value) });
    if (rest !== 'messages') return refuse(404, { code: 'no_such_path', message: path });
    const cursors = Object.entries({
      before: number('before'),
      after: number('after'),
      around: number('around'),
    });
    const cursor = Object.fromEntries(cursors.filter(([, value]) => value !== undefined));
    return Response.json(room.history({ limit: number('limit') ?? 50, ...cursor }));
  }
}

export class FakeSocket implements WebSocketLike {
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onclose: WebSocketLike['onclose'] = null;
  onerror: WebSocketLike['onerror'] = null;
  readonly url: string;
  readonly protocol: string;
  binaryType = 'blob';
  /** The open rooms; null if the events of all come. */
  open: Set<string> | null = null;
  readonly heads = new Map<string, Head>();
  /** How many frames of which form went to the client. */
  readonly sent = { text: 0, binary: 0 };
  /** True: takes what is sent, and says nothing, as behind a dead router. */
  deaf = false;
  #open = false;
  readonly #server: FakeServer;

  constructor(server: FakeServer, url: string, protocols: string[] = []) {
    this.#server = server;
    this.url = url;
    this.protocol = protocols.includes(server.subprotocol) ? server.subprotocol : '';
    server.attempts.push(Date.now());
    server.offers.push(protocols);
    queueMicrotask(() => {
      // As browsers have it: something that was offered must be taken.
      const isTaken = protocols.length === 0 || this.protocol !== '' || server.lenient;
      if (!server.up || !server.handshakes || !isTaken) {
        this.end(1006);
        return;
      }
      this.#open = true;
      server.sockets.add(this);
      this.onopen?.({} as never);
    });
  }

  send(data: string | Uint8Array): void {
    if (!this.#open) throw new Error('The socket is not open.');
    const isText = typeof data === 'string';
    if (isText === (this.protocol === BINARY_SUBPROTOCOL)) throw new Error('The frame is of the wrong form.');
    const command = isText ? JSON.parse(data) : decodeBinary(data);
    if (!this.deaf) this.#server.receive(this, command as Command);
  }

  close(): void {
    this.#open = false;
    this.#server.sockets.delete(this);
  }

  /** Tells of an event, or remembers to tell of its room's head. */
  tell(frame: PlacedFrame): void {
    if (!this.open || this.open.has(frame.room)) {
      this.deliver(frame);
      return;
    }
    const head = frame.type === 'room.changes' ? frame.to : frame.seq;
    const former = this.heads.get(frame.room);
    const { newest, by } =
      frame.type === 'message.created' ? { newest: frame.seq, by: frame.data.author } : (former ?? {});
    const messages = (former?.messages ?? 0) + (frame.type === 'message.created' ? 1 : 0);
    const last = newest !== undefined && by !== undefined && { newest, by };
    this.heads.set(frame.room, { room: frame.room, head, messages, ...last });
  }

  tellHeads(): void {
    if (this.heads.size === 0) return;
    this.deliver({ type: 'heads.changed', data: { heads: [...this.heads.values()] } });
    this.heads.clear();
  }

  deliver(frame: ServerFrame | object): void {
    if (this.protocol !== BINARY_SUBPROTOCOL) {
      this.deliverText(JSON.stringify(frame));
      return;
    }
    this.sent.binary += 1;
    const { buffer } = encodeBinary(frame);
    if (this.binaryType !== 'arraybuffer') throw new Error('A browser would give a Blob.');
    if (!this.deaf) this.#deliver(buffer);
  }

  deliverText(text: string): void {
    this.sent.text += 1;
    if (!this.deaf) this.#deliver(text);
  }

  #deliver(data: unknown): void {
    queueMicrotask(() => {
      if (this.#open) this.onmessage?.({ data });
    });
  }

  end(code: number, reason = ''): void {
    this.#open = false;
    this.#server.sockets.delete(this);
    queueMicrotask(() => {
      this.onclose?.({ code, reason });
    });
  }
}

export function refuse(status: number, error: WireError, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(error), { status, headers });
}

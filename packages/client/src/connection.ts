// One WebSocket, kept: it signs in with `hello`, answers commands, notices silence, and comes back by itself.
//
// It knows frames and close codes, but not what rooms are: frames go to `onFrame`, positions come from `resume`.

import { backoff } from './backoff.ts';
import { type Environment, type Hint, type WebSocketLike, webSocketOf } from './environment.ts';
import { asParlorError, ParlorError } from './errors.ts';
import {
  BINARY_SUBPROTOCOL,
  type Hello,
  JSON_SUBPROTOCOL,
  type Pong,
  type ServerFrame,
  STAY_AWAY_FROM,
} from './protocol.ts';
import { toJson } from './text.ts';

/** What is offered where the compact encoding is wanted: a server that has it no more may choose JSON. */
const SUBPROTOCOLS = [BINARY_SUBPROTOCOL, JSON_SUBPROTOCOL];

/** How long the server may take to let one in, in milliseconds. */
const ENTRY_TIMEOUT = 10_000;
/** How long a command may stay unanswered. Then it counts as lost; a send is repeated under the same name. */
const COMMAND_TIMEOUT = 15_000;
/** After so much silence, a `ping` asks whether the connection lives. */
const HEARTBEAT = 25_000;
/** How long the answer to a `ping` may take; shorter when something hints that the network went. */
const PING_TIMEOUT = 8_000;
const PROBE_TIMEOUT = 3_000;
/**
 * Whoever signs in anew ends the session that was there before the answer has brought the new one: how long to wait for
 * that before it is asked for again, each time, in milliseconds.
 */
const SUCCESSOR_WAITS = [100, 400, 1500];
/** A connection that lived so long was a good one: the next wait is short again. */
const STABLE_AFTER = 5_000;

/** Why a connection will not come back by itself. */
export type EndReason = 'signed-out' | 'unauthenticated' | 'session-ended' | 'flooding' | 'refused';

export type ConnectionStatus =
  | { readonly state: 'idle' }
  /** `since`: when the connection was lost, if there was one (milliseconds since 1970). */
  | { readonly state: 'connecting'; readonly since: number | null }
  | { readonly state: 'online' }
  | { readonly state: 'offline'; readonly since: number; readonly nextRetryAt: number }
  | { readonly state: 'ended'; readonly reason: EndReason };

export interface ConnectionOptions {
  environment: Environment;
  url: () => string;
  /** Asks for the compact encoding; a server that does not have it is spoken to in JSON. */
  binary: boolean;
  hello: () => Hello;
  onFrame: (frame: ServerFrame) => void;
  onStatus: (status: ConnectionStatus) => void;
  /** The server answers that it is there. */
  onPong: (pong: Partial<Pong>) => void;
  /** Asks by other means whether one is still let in; false ends the connection. Errors mean: not known. */
  isAdmitted: () => Promise<boolean>;
  /** Asks, once the session is over, whether there is another of the same person in its place. */
  hasSuccessor?: () => Promise<boolean>;
}

/** What the compact encoding needs: fetched only by those who ask for it. */
type Codec = typeof import('./binary.ts');

interface Waiting {
  resolve: (data: unknown) => void;
  reject: (error: ParlorError) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Connection {
  readonly #options: ConnectionOptions;
  #status: ConnectionStatus = { state: 'idle' };
  #socket: WebSocketLike | null = null;
  #waiting = new Map<number, Waiting>();
  #reference = 0;
  #attempt = 0;
  #retryAfter = 0;
  #lostAt: number | null = null;
  #onlineAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopHints: (() => void) | undefined;
  /** Whether the next attempt asks for the compact encoding. */
  #offersBinary: boolean;
  /** Whether a server has ever taken it. */
  #tookBinary = false;
  #codec: Codec | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#offersBinary = options.binary;
  }

  /**
   * Connects, and stays connected until `disconnect` or until the server says not to come back. Throws where no attempt
   * could ever succeed: there is no WebSocket, or the address is none.
   */
  connect(): void {
    if (this.#status.state !== 'idle' && this.#status.state !== 'ended') return;
    webSocketOf(this.#options.environment);
    this.#options.url();
    this.#stopHints ??= this.#options.environment.hints((hint) => {
      this.#hint(hint);
    });
    [this.#attempt, this.#retryAfter, this.#lostAt] = [0, 0, null];
    this.#open();
  }

  /** Closes for good. */
  disconnect(reason?: EndReason): void {
    this.#drop();
    this.#stopHints?.();
    this.#stopHints = undefined;
    this.#setStatus(reason ? { state: 'ended', reason } : { state: 'idle' });
  }

  /** Tries to connect at once, if a wait is under way. */
  retryNow(): void {
    if (this.#status.state === 'offline') this.#open();
  }

  /** Sends a command; resolves with its answer's data. Rejects at once when offline. */
  command(type: string, data: object, timeout = COMMAND_TIMEOUT): Promise<unknown> {
    if (this.#status.state !== 'online') return Promise.reject(disconnected());
    return this.#request(type, data, timeout);
  }

  #request(type: string, data: object, timeout: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const reference = (this.#reference += 1);
      const timer = setTimeout(() => {
        this.#waiting.delete(reference);
        reject(new ParlorError('timeout', 'The server did not answer in time.'));
      }, timeout);
      this.#waiting.set(reference, { resolve, reject, timer });
      const [socket, frame] = [this.#socket, { type, ref: reference, data }];
      const codec = socket && isBinary(socket) ? this.#codec : null;
      socket?.send(codec ? codec.encodeBinary(frame) : toJson(frame));
    });
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#setStatus({ state: 'connecting', since: this.#lostAt });
    if (this.#offersBinary && !this.#codec) void this.#openWithCodec();
    else this.#openNow();
  }

  /** Fetches the compact encoding first. Without it, the attempt is made in JSON. */
  async #openWithCodec(): Promise<void> {
    this.#codec = await import('./binary.ts').catch(() => null);
    this.#offersBinary = this.#codec !== null;
    if (this.#status.state === 'connecting' && this.#socket === null) this.#openNow();
  }

  #openNow(): void {
    let socket: WebSocketLike;
    try {
      const WebSocket = webSocketOf(this.#options.environment);
      const url = this.#options.url();
      socket = this.#offersBinary ? new WebSocket(url, SUBPROTOCOLS) : new WebSocket(url);
    } catch {
      this.#lost();
      return;
    }
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    let isOpen = false;
    socket.onopen = () => {
      isOpen = true;
      this.#tookBinary ||= isBinary(socket);
      this.#enter();
    };
    socket.onmessage = (event) => {
      this.#receive(event.data);
    };
    // Every error is followed by a close, which says more.
    socket.onerror = () => undefined;
    socket.onclose = (event) => {
      if (!isOpen) this.#doubtBinary();
      this.#closed(event.code, event.reason);
    };
    this.#timer = setTimeout(() => {
      this.#closed(0);
    }, ENTRY_TIMEOUT);
  }

  /**
   * A browser lets no connection come about whose server takes none of the offered subprotocols, and does not say why.
   * So, until a server has taken it, it is left out of every second attempt; a connection without it keeps it out.
   */
  #doubtBinary(): void {
    if (this.#options.binary && !this.#tookBinary) this.#offersBinary = !this.#offersBinary;
  }

  #enter(): void {
    this.#request('hello', this.#options.hello(), ENTRY_TIMEOUT).catch((error: unknown) => {
      this.#retryAfter = asParlorError(error).retryAfter ?? 0;
    });
  }

  #receive(data: unknown): void {
    const frame = parse(data, this.#codec);
    if (!frame) return;
    if (frame.type === 'ready') this.#ready();
    if (this.#status.state === 'online') this.#beat();
    if (
      (frame.type === 'ok' || frame.type === 'error' || frame.type === 'ready') &&
      frame.ref !== undefined
    ) {
      this.#answer(frame.ref, frame);
    }
    this.#options.onFrame(frame);
    if (frame.type === 'ready') this.#setStatus({ state: 'online' });
  }

  #ready(): void {
    [this.#retryAfter, this.#lostAt, this.#onlineAt] = [0, null, this.#options.environment.now()];
    this.#beat();
  }

  #answer(reference: number, frame: Extract<ServerFrame, { type: 'ok' | 'error' | 'ready' }>): void {
    const waiting = this.#waiting.get(reference);
    if (!waiting) return;
    this.#waiting.delete(reference);
    clearTimeout(waiting.timer);
    if (frame.type === 'error') waiting.reject(ParlorError.fromWire(frame.error));
    else waiting.resolve(frame.data);
  }

  #beat(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ping(PING_TIMEOUT);
    }, HEARTBEAT);
  }

  #ping(timeout: number): void {
    const socket = this.#socket;
    this.#request('ping', {}, timeout).then(
      (pong) => {
        this.#options.onPong(pong as Partial<Pong>);
      },
      () => {
        if (socket === this.#socket) this.#closed(0);
      },
    );
  }

  #hint(hint: Hint): void {
    if (this.#status.state === 'offline' && hint !== 'network-gone') this.#open();
    else if (this.#status.state === 'online') this.#ping(PROBE_TIMEOUT);
  }

  #closed(code: number, reason = ''): void {
    // A server that is shut down says to each client when to come back, so that not all come at once.
    const wait = /\bcome back in (\d+(?:\.\d+)?) s$/.exec(reason)?.[1];
    if (wait !== undefined) this.#retryAfter = Number(wait);
    const entered = this.#status.state === 'online';
    // Attempts are forgotten only after a while, so that a server that lets one in and drops one is not hammered.
    if (entered && this.#options.environment.now() - this.#onlineAt >= STABLE_AFTER) this.#attempt = 0;
    this.#drop();
    if (code >= STAY_AWAY_FROM) {
      const [reason, { hasSuccessor }] = [reasonOf(code), this.#options];
      if (reason === 'session-ended' && hasSuccessor) void this.#succeed(hasSuccessor);
      else this.disconnect(reason);
      return;
    }
    this.#lost();
    // A browser does not tell a refused handshake from a dead server: ask in a way that does.
    if (!entered) void this.#checkAdmission();
  }

  /** Goes on in the session that took the place of this one, as when its owner signs in anew in another tab. */
  async #succeed(hasSuccessor: () => Promise<boolean>): Promise<void> {
    this.#lostAt ??= this.#options.environment.now();
    this.#setStatus({ state: 'connecting', since: this.#lostAt });
    const isWaiting = (): boolean => this.#status.state === 'connecting' && this.#socket === null;
    for (const wait of SUCCESSOR_WAITS) {
      await new Promise((done) => (this.#timer = setTimeout(done, wait)));
      const answer = await hasSuccessor().catch(() => null);
      if (!isWaiting()) return;
      if (answer === true) {
        this.#open();
        return;
      }
      // The server did not answer: whether one is let in shows at the next attempt.
      if (answer === null) {
        this.#lost();
        return;
      }
    }
    this.disconnect('session-ended');
  }

  async #checkAdmission(): Promise<void> {
    const admitted = await this.#options.isAdmitted().catch(() => true);
    if (!admitted && this.#status.state === 'offline') this.disconnect('unauthenticated');
  }

  #lost(): void {
    const { now, random } = this.#options.environment;
    this.#lostAt ??= now();
    const delay = backoff(this.#attempt, random, this.#retryAfter);
    [this.#attempt, this.#retryAfter] = [this.#attempt + 1, 0];
    this.#timer = setTimeout(() => {
      this.#open();
    }, delay);
    this.#setStatus({ state: 'offline', since: this.#lostAt, nextRetryAt: now() + delay });
  }

  /** Lets go of the socket: nothing that it still says is heard, and every open command is told. */
  #drop(): void {
    clearTimeout(this.#timer);
    const [socket, waiting] = [this.#socket, this.#waiting];
    [this.#socket, this.#waiting] = [null, new Map()];
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(disconnected());
    }
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }
}

function disconnected(): ParlorError {
  return new ParlorError('disconnected', 'There is no connection to the server.');
}

function reasonOf(code: number): EndReason {
  if (code === 4501) return 'unauthenticated';
  if (code === 4502) return 'session-ended';
  return code === 4503 ? 'flooding' : 'refused';
}

function isBinary(socket: WebSocketLike): boolean {
  return socket.protocol === BINARY_SUBPROTOCOL;
}

/** A frame, if it looks like one. What is not understood is left aside, so that the server may say more one day. */
function parse(data: unknown, codec: Codec | null): ServerFrame | null {
  try {
    const frame: unknown =
      data instanceof ArrayBuffer ? codec?.decodeBinary(new Uint8Array(data)) : JSON.parse(String(data));
    const isFrame =
      typeof frame === 'object' && frame !== null && typeof (frame as ServerFrame).type === 'string';
    return isFrame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}

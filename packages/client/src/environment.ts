// What the client needs from the world around it, each part replaceable: in tests, in bots, in a page inside a page.

import { ParlorError } from './errors.ts';

/** As much of a WebSocket as the client uses. The browser's own, Node's, and the package `ws` have it. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  /** The subprotocol that the server took, if any was asked for. */
  readonly protocol?: string;
  binaryType?: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** Where unsent messages survive a reload. Synchronous, small, and allowed to throw when full. */
export interface KeyValueStorage {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** Why it may be worth looking at the connection now. */
export type Hint = 'network-back' | 'network-gone' | 'visible';

export interface Environment {
  fetch: typeof globalThis.fetch;
  /** Undefined: the global one, looked for when a connection is made. */
  WebSocket?: (new (url: string, protocols?: string[]) => WebSocketLike) | undefined;
  /** A number in [0, 1). Spreads reconnects and names sends. */
  random: () => number;
  /** Milliseconds since 1970. */
  now: () => number;
  storage: KeyValueStorage | null;
  /** Tells of changes that the connection should look at; returns how to stop. */
  hints: (listener: (hint: Hint) => void) => () => void;
}

/** The browser's or Node's own parts, where the caller gave none. */
export function completeEnvironment(given: Partial<Environment>): Environment {
  return {
    fetch: given.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    WebSocket: given.WebSocket,
    random: given.random ?? secureRandom,
    now: given.now ?? Date.now,
    storage: given.storage === undefined ? browserStorage() : given.storage,
    hints: given.hints ?? browserHints,
  };
}

/**
 * The browser's `localStorage`, or null where there is none or it is forbidden. What finds no place there is kept in
 * `sessionStorage`, which has room of its own: it survives a reload of the page, though not its end.
 */
export function browserStorage(): KeyValueStorage | null {
  try {
    const { localStorage: lasting, sessionStorage: passing } = globalThis as Partial<
      Pick<Window, 'localStorage' | 'sessionStorage'>
    >;
    if (!lasting) return null;
    const keysOf = (storage: Storage | undefined): string[] =>
      Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? '');
    return {
      get: (key) => passing?.getItem(key) ?? lasting.getItem(key),
      set: (key, value) => {
        try {
          lasting.setItem(key, value);
        } catch (error) {
          if (!passing) throw error;
          passing.setItem(key, value);
          return;
        }
        passing?.removeItem(key);
      },
      remove: (key) => {
        lasting.removeItem(key);
        passing?.removeItem(key);
      },
      keys: () => [...new Set([...keysOf(lasting), ...keysOf(passing)])],
    };
  } catch {
    return null;
  }
}

/**
 * The WebSocket to connect with. The global is looked for only now, so that pure REST use works where there is none; it
 * throws where there is none, since no further attempt would find one.
 */
export function webSocketOf(environment: Environment): NonNullable<Environment['WebSocket']> {
  const found = environment.WebSocket ?? (globalThis as Pick<Environment, 'WebSocket'>).WebSocket;
  if (found) return found;
  throw new ParlorError(
    'no_websocket',
    'There is no WebSocket here (Node.js has its own from version 22 on). ' +
      "Pass one: new ParlorClient({ WebSocket }), after import WebSocket from 'ws'.",
  );
}

function secureRandom(): number {
  const [word = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}

function browserHints(listener: (hint: Hint) => void): () => void {
  if (typeof globalThis.addEventListener !== 'function' || typeof document === 'undefined')
    return () => undefined;
  const stop = new AbortController();
  const { signal } = stop;
  globalThis.addEventListener(
    'online',
    () => {
      listener('network-back');
    },
    { signal },
  );
  globalThis.addEventListener(
    'offline',
    () => {
      listener('network-gone');
    },
    { signal },
  );
  globalThis.addEventListener(
    'pageshow',
    () => {
      listener('visible');
    },
    { signal },
  );
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') listener('visible');
    },
    { signal },
  );
  return () => {
    stop.abort();
  };
}

// What the client needs from the world around it, each part replaceable: in tests, in bots, in a page inside a page.

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
  WebSocket: new (url: string, protocols?: string[]) => WebSocketLike;
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
    WebSocket: given.WebSocket ?? LateWebSocket,
    random: given.random ?? secureRandom,
    now: given.now ?? Date.now,
    storage: given.storage === undefined ? browserStorage() : given.storage,
    hints: given.hints ?? browserHints,
  };
}

/** The browser's `localStorage`, or null where there is none or it is forbidden. */
export function browserStorage(): KeyValueStorage | null {
  try {
    const storage = (globalThis as { localStorage?: Storage }).localStorage;
    if (!storage) return null;
    return {
      get: (key) => storage.getItem(key),
      set: (key, value) => {
        storage.setItem(key, value);
      },
      remove: (key) => {
        storage.removeItem(key);
      },
      keys: () => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ''),
    };
  } catch {
    return null;
  }
}

// Looks for the global only when a connection is made, so that pure REST use works where there is no WebSocket.
const LateWebSocket = function (url: string, protocols?: string[]): WebSocketLike {
  const Global = (globalThis as { WebSocket?: Environment['WebSocket'] }).WebSocket;
  if (!Global)
    throw new Error(
      'There is no WebSocket here: pass one in the options, such as the one of the package ws.',
    );
  return new Global(url, protocols);
} as unknown as Environment['WebSocket'];

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

// A client on a fake server, under a fake clock.

import { vi } from 'vitest';
import { type KeyValueStorage, type Hint, ParlorClient, type ParlorClientOptions } from '../../src/index.ts';
import type { FakeServer } from './fake-server.ts';

export interface Started {
  client: ParlorClient;
  hint: (hint: Hint) => void;
}

export function makeClient(server: FakeServer, options: Partial<ParlorClientOptions> = {}): Started {
  let listener: (hint: Hint) => void = () => undefined;
  const client = new ParlorClient({
    baseUrl: 'http://parlor.test',
    token: 'token-1',
    fetch: server.fetch,
    WebSocket: server.WebSocket,
    random: () => 0.5,
    storage: null,
    hints: (given) => {
      listener = given;
      return () => {
        listener = () => undefined;
      };
    },
    ...options,
  });
  return {
    client,
    hint: (hint) => {
      listener(hint);
    },
  };
}

/** A client that is online. */
export async function started(
  server: FakeServer,
  options: Partial<ParlorClientOptions> = {},
): Promise<Started> {
  const made = makeClient(server, options);
  made.client.connect();
  await settle();
  return made;
}

/** Lets everything happen that does not wait for the clock. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

export function memoryStorage(): KeyValueStorage & { readonly map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    get: (key) => map.get(key) ?? null,
    set: (key, value) => {
      map.set(key, value);
    },
    remove: (key) => {
      map.delete(key);
    },
    keys: () => [...map.keys()],
  };
}

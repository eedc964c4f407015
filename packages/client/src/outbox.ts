// One's own messages on their way: kept until acknowledged, sent in order, repeated under the same name.
//
// It knows nothing of the connection but a function that sends, and shows nothing: rooms get their list through `onChange`.

import { RETRY_AFTER_CAP } from './backoff.ts';
import type { Environment } from './environment.ts';
import { asParlorError, isTransient, ParlorError } from './errors.ts';
import type { ErrorCode, MessageSend, Sent } from './protocol.ts';
import { makeNonce } from './text.ts';

/** How many messages may wait, over all rooms. */
export const OUTBOX_MAXIMUM = 200;
/** Seconds to wait where the server asks for patience without a number. */
const PATIENCE = 1;
/** The server is there and wants to be asked later; what is lost with the connection goes out when that is back. */
const ASKS_FOR_PATIENCE: ReadonlySet<string> = new Set<ErrorCode>(['busy', 'rate_limited', 'unavailable']);

export type PendingState = 'queued' | 'sending' | 'sent' | 'failed';

/** A message on its way. `nonce` names it for life: as a pending row and as the message that it becomes. */
export interface PendingMessage {
  readonly nonce: string;
  readonly room: string;
  readonly body: string;
  readonly replyTo?: string;
  /** Milliseconds since 1970, by the server's clock as well as it was known. */
  readonly createdAt: number;
  /** `queued`: waits for its turn or the connection; `sending`: on the wire; `sent`: on the server's disk; `failed`: refused. */
  readonly state: PendingState;
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Its place in the room, once it is sent. */
  readonly seq?: number;
}

export interface OutboxOptions {
  environment: Pick<Environment, 'now' | 'random' | 'storage'>;
  /** Sends once. Rejects with a `ParlorError`; a transient one is repeated. */
  send: (message: MessageSend & { nonce: string }) => Promise<Sent>;
  /** Told whenever the list of a room changed. */
  onChange: (room: string, pending: readonly PendingMessage[]) => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  #owner: string | null = null;
  #ready = false;
  #entries: readonly PendingMessage[] = [];
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Whose messages these are; brings back what that person left unsent. Null forgets what is in memory. */
  open(owner: string | null): void {
    if (owner === this.#owner) return;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#owner = owner;
    this.#entries = [];
    if (owner !== null) this.#entries = this.#restore();
    for (const room of new Set(this.#entries.map((entry) => entry.room))) this.#tell(room);
  }

  /** Forgets everything, stored entries too. */
  clear(): void {
    for (const entry of this.#entries) this.#forget(entry.nonce);
    this.#entries = [];
  }

  of(room: string): readonly PendingMessage[] {
    return this.#entries.filter((entry) => entry.room === room);
  }

  /** Queues a message and returns its row. Throws `outbox_full` when too many wait. */
  add(room: string, body: string, replyTo?: string): PendingMessage {
    if (this.#entries.length >= OUTBOX_MAXIMUM) {
      throw new ParlorError('outbox_full', 'Too many messages are waiting to be sent.');
    }
    const { now, random } = this.#options.environment;
    const createdAt = Math.max(now(), (this.#entries.at(-1)?.createdAt ?? 0) + 1);
    const entry: PendingMessage = {
      nonce: makeNonce(createdAt, random),
      room,
      // As it is sent, so that the row does not change when it turns into the message.
      body: body.toWellFormed(),
      createdAt,
      state: 'queued',
      ...(replyTo !== undefined && { replyTo }),
    };
    this.#entries = [...this.#entries, entry];
    this.#store(entry);
    this.#tell(room);
    this.#pump(room);
    return entry;
  }

  /** Tries a refused message again, as the newest of its room, under the same name. */
  retry(nonce: string): void {
    const entry = this.#entry(nonce);
    if (entry?.state !== 'failed') return;
    const { error: _error, ...rest } = entry;
    this.#entries = [...this.#entries.filter((other) => other !== entry), { ...rest, state: 'queued' }];
    this.#tell(entry.room);
    this.#pump(entry.room);
  }

  /** Gives a message up, unless it is on the wire. */
  discard(nonce: string): void {
    const entry = this.#entry(nonce);
    if (entry && (entry.state === 'failed' || entry.state === 'queued')) this.#remove([entry]);
  }

  /** The room's messages up to `seq`, and the named ones, are in the timeline: they need no row of their own. */
  settle(room: string, seq: number, nonces: ReadonlySet<string>): void {
    const gone = this.of(room).filter((entry) => (entry.seq ?? Infinity) <= seq || nonces.has(entry.nonce));
    if (gone.length > 0) this.#remove(gone);
  }

  /** Whether there is a connection to send on. What was on the wire when it was lost is queued again. */
  setReady(ready: boolean): void {
    this.#ready = ready;
    if (ready) this.#pumpAll();
  }

  #pumpAll(): void {
    for (const room of new Set(this.#entries.map((entry) => entry.room))) this.#pump(room);
  }

  /** Sends the room's next message, if none of it is on the wire: so none overtakes another. */
  #pump(room: string): void {
    if (!this.#ready || this.#patience !== undefined) return;
    const waiting = this.of(room).filter((entry) => entry.state === 'queued' || entry.state === 'sending');
    const next = waiting[0];
    if (!next || waiting.some((entry) => entry.state === 'sending')) return;
    this.#replace(next.nonce, { state: 'sending' });
    const { nonce, body, replyTo } = next;
    const message = { room, body, nonce, ...(replyTo !== undefined && { reply_to: replyTo }) };
    const owner = this.#owner;
    this.#options.send(message).then(
      (sent) => {
        if (owner === this.#owner) this.#accepted(room, nonce, sent);
      },
      (error: unknown) => {
        if (owner === this.#owner) this.#refused(room, nonce, asParlorError(error));
      },
    );
  }

  #accepted(room: string, nonce: string, sent: Sent): void {
    this.#forget(nonce);
    this.#replace(nonce, { state: 'sent', seq: sent.seq });
    this.#pump(room);
  }

  #refused(room: string, nonce: string, error: ParlorError): void {
    if (isTransient(error)) {
      this.#replace(nonce, { state: 'queued' });
      if (ASKS_FOR_PATIENCE.has(error.code)) this.#wait(error.retryAfter ?? PATIENCE);
    } else {
      this.#replace(nonce, { state: 'failed', error: { code: error.code, message: error.message } });
    }
    this.#pump(room);
  }

  /** The limits are the person's, not the room's: all rooms wait. */
  #wait(seconds: number): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(
      () => {
        this.#patience = undefined;
        this.#pumpAll();
      },
      Math.min(Math.max(0.05, seconds), RETRY_AFTER_CAP) * 1000,
    );
  }

  #entry(nonce: string): PendingMessage | undefined {
    return this.#entries.find((entry) => entry.nonce === nonce);
  }

  #replace(nonce: string, change: Partial<PendingMessage>): void {
    const entry = this.#entry(nonce);
    if (!entry) return;
    const changed = { ...entry, ...change };
    this.#entries = this.#entries.map((other) => (other === entry ? changed : other));
    if (changed.state === 'failed') this.#store(changed);
    this.#tell(entry.room);
  }

  #remove(entries: readonly PendingMessage[]): void {
    this.#entries = this.#entries.filter((other) => !entries.includes(other));
    for (const entry of entries) this.#forget(entry.nonce);
    for (const room of new Set(entries.map((entry) => entry.room))) {
      this.#tell(room);
      this.#pump(room);
    }
  }

  #tell(room: string): void {
    this.#options.onChange(room, this.of(room));
  }

  #key(nonce: string): string {
    return `parlor.outbox.${this.#owner ?? ''}.${nonce}`;
  }

  /** One key an entry, so that two open pages don't overwrite each other's. A full storage only costs the reload. */
  #store(entry: PendingMessage): void {
    try {
      this.#options.environment.storage?.set(this.#key(entry.nonce), JSON.stringify(entry));
    } catch {
      // The message is still in memory and will be sent.
    }
  }

  #forget(nonce: string): void {
    this.#options.environment.storage?.remove(this.#key(nonce));
  }

  #restore(): PendingMessage[] {
    const { storage } = this.#options.environment;
    const keys = storage?.keys().filter((key) => key.startsWith(this.#key(''))) ?? [];
    return keys
      .map((key) => revive(storage?.get(key) ?? ''))
      .filter((entry) => entry !== null)
      .sort((one, other) => one.createdAt - other.createdAt)
      .slice(-OUTBOX_MAXIMUM);
  }
}

function revive(text: string): PendingMessage | null {
  try {
    const entry = JSON.parse(text) as Partial<PendingMessage>;
    if (typeof entry.nonce !== 'string' || typeof entry.room !== 'string') return null;
    if (typeof entry.body !== 'string' || typeof entry.createdAt !== 'number') return null;
    return { ...(entry as PendingMessage), state: entry.state === 'failed' ? 'failed' : 'queued' };
  } catch {
    return null;
  }
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  browserStorage,
  literally,
  makeNonce,
  OUTBOX_MAXIMUM,
  type ParlorClient,
  ParlorError,
  type PendingMessage,
  readsAsCommand,
  rowsOf,
} from '../src/index.ts';
import { FakeRoom, makeUser } from './support/fake-room.ts';
import { FakeServer } from './support/fake-server.ts';
import { memoryStorage, pass, settle, started } from './support/start.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(
  options: object = {},
): Promise<{ server: FakeServer; room: FakeRoom; client: ParlorClient }> {
  const server = new FakeServer();
  const room = server.addRoom('hall');
  let seed = 0;
  const random = (): number => (seed = (seed * 9301 + 49297) % 233280) / 233280;
  const { client } = await started(server, { random, ...options });
  await client.room(room.id).open();
  return { server, room, client };
}

function pending(client: ParlorClient, room: FakeRoom): readonly PendingMessage[] {
  return client.room(room.id).get()?.pending ?? [];
}

function said(room: FakeRoom): string[] {
  return room.messages.map((row) => row.value.body);
}

function sends(server: FakeServer): string[] {
  return server.commands
    .filter((command) => command.type === 'message.send')
    .map((command) => command.data.body ?? '');
}

describe('a send', () => {
  it('has a row at once, which becomes the message under the same key', async () => {
    const { room, client } = await opened();
    const handle = client.room(room.id);
    const keys: string[][] = [];
    const states = new Set<string>();
    handle.subscribe((state) => {
      if (!state) return;
      keys.push(rowsOf(state).map((row) => row.key));
      for (const row of rowsOf(state)) states.add(row.pending?.state ?? 'message');
    });
    const row = handle.send('hi');
    expect(pending(client, room)).toMatchObject([{ nonce: row.nonce, body: 'hi', state: 'sending' }]);
    await settle();
    expect(pending(client, room)).toEqual([]);
    expect(handle.get()?.timeline.messages).toMatchObject([{ body: 'hi', nonce: row.nonce }]);
    const key = `${client.user.get()?.id ?? ''}/${row.nonce}`;
    expect(new Set(keys.flat())).toEqual(new Set([key]));
    // From the first row on it is there once, always: never twice, and never missing in between.
    const first = keys.findIndex((shown) => shown.length > 0);
    expect(keys.slice(first).every((shown) => shown.length === 1)).toBe(true);
    expect([...states].filter((state) => state !== 'sent')).toEqual(['queued', 'sending', 'message']);
  });

  it.each(['json', 'msgpack'] as const)('repairs half of a surrogate pair, in %s', async (encoding) => {
    const { room, client } = await opened({ encoding });
    const row = client.room(room.id).send('cut \ud83d and \u{1f600}');
    expect(row.body).toBe('cut \ufffd and \u{1f600}');
    await settle();
    expect(said(room)).toEqual([row.body]);
    expect(pending(client, room)).toEqual([]);
  });

  it('is said once, although its answer and its event were lost', async () => {
    const { server, room, client } = await opened();
    server.refusals = ['drop-answer'];
    server.lose = 1;
    client.room(room.id).send('once');
    await settle();
    expect(pending(client, room)).toMatchObject([{ state: 'sending' }]);
    await pass(15_000);
    expect(sends(server)).toEqual(['once', 'once']);
    expect(said(room)).toEqual(['once']);
    expect(pending(client, room)).toMatchObject([{ state: 'sent' }]);
    // The event never comes by itself: the answer tells that there is something to ask for.
    await pass(2_000);
    expect(pending(client, room)).toEqual([]);
  });

  it('is said once across a cut between the send and its answer', async () => {
    const { server, room, client } = await opened();
    server.refusals = ['drop-answer', 'drop-answer'];
    server.lose = 2;
    client.room(room.id).send('first');
    await settle();
    client.room(room.id).send('second');
    server.cut();
    await settle();
    expect(pending(client, room).map((one) => one.state)).toEqual(['queued', 'queued']);
    await pass(1000);
    await pass(20_000);
    expect(said(room)).toEqual(['first', 'second']);
    expect(pending(client, room)).toEqual([]);
    expect(
      client
        .room(room.id)
        .get()
        ?.timeline.messages.map((message) => message.body),
    ).toEqual(['first', 'second']);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'is said once and in order on a bad line (seed %i)',
    async (seed) => {
      const { server, room, client } = await opened();
      let state = seed * 7919 + 17;
      const next = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
      for (let index = 0; index < 20; index += 1) {
        client.room(room.id).send(`m${index}`);
        const fate = next();
        if (fate < 0.2) server.refusals.push('drop-answer');
        else if (fate < 0.3) server.refusals.push('silence');
        else if (fate < 0.4) server.refusals.push({ code: 'busy', message: 'full', retry_after: 0.3 });
        if (next() < 0.2) server.lose += 1;
        if (next() < 0.2) server.cut();
        await pass(next() * 2000);
      }
      server.refusals = [];
      server.lose = 0;
      await pass(600_000);
      const wanted = Array.from({ length: 20 }, (_, index) => `m${index}`);
      expect(said(room)).toEqual(wanted);
      server.publish(room.say(makeUser('bo'), 'last'));
      await pass(10_000);
      expect(
        client
          .room(room.id)
          .get()
          ?.timeline.messages.map((one) => one.body),
      ).toEqual([...wanted, 'last']);
      expect(pending(client, room)).toEqual([]);
    },
  );

  it('waits offline, and goes out in order on return', async () => {
    const { server, room, client } = await opened();
    server.up = false;
    server.cut();
    await settle();
    for (const body of ['a', 'b', 'c']) client.room(room.id).send(body);
    expect(pending(client, room).map((one) => one.state)).toEqual(['queued', 'queued', 'queued']);
    server.up = true;
    await pass(2000);
    expect(said(room)).toEqual(['a', 'b', 'c']);
  });

  it('does not overtake one that is on the wire', async () => {
    const { server, room, client } = await opened();
    server.refusals = ['silence'];
    client.room(room.id).send('first');
    client.room(room.id).send('second');
    await pass(5_000);
    expect(sends(server)).toEqual(['first']);
    expect(pending(client, room).map((one) => one.state)).toEqual(['sending', 'queued']);
    await pass(15_000);
    expect(said(room)).toEqual(['first', 'second']);
  });

  it('in one room does not wait for another room', async () => {
    const { server, room, client } = await opened();
    const other = server.addRoom('attic');
    server.cut();
    await pass(1000);
    server.refusals = ['silence'];
    client.room(room.id).send('stuck');
    client.room(other.id).send('free');
    await settle();
    expect(said(other)).toEqual(['free']);
  });

  it.each([
    ['busy', 3],
    ['rate_limited', 12],
    ['unavailable', 5],
  ] as const)('refused as %s waits as long as it is told', async (code, seconds) => {
    const { server, room, client } = await opened();
    server.refusals = [{ code, message: 'later', retry_after: seconds }];
    client.room(room.id).send('one');
    client.room(room.id).send('two');
    await pass(seconds * 1000 - 1);
    expect(sends(server)).toEqual(['one']);
    expect(pending(client, room).map((one) => one.state)).toEqual(['queued', 'queued']);
    await pass(2);
    expect(said(room)).toEqual(['one', 'two']);
  });

  it('refused for good fails with the reason, and others go on', async () => {
    const { server, room, client } = await opened();
    server.refusals = [{ code: 'unknown_command', message: 'There is no command /usr.' }];
    const row = client.room(room.id).send('/usr is full');
    client.room(room.id).send('other');
    await settle();
    expect(said(room)).toEqual(['other']);
    expect(pending(client, room)).toMatchObject([
      {
        nonce: row.nonce,
        state: 'failed',
        error: { code: 'unknown_command', message: 'There is no command /usr.' },
      },
    ]);
    await pass(60_000);
    expect(sends(server)).toHaveLength(2);
    client.room(room.id).retry(row.nonce);
    await settle();
    expect(said(room)).toEqual(['other', '/usr is full']);
    expect(room.messages.at(-1)?.value.nonce).toBe(row.nonce);
    expect(pending(client, room)).toEqual([]);
  });

  it('can be discarded when it failed or waits, not while it is on the wire', async () => {
    const { server, room, client } = await opened();
    server.refusals = [{ code: 'forbidden', message: 'no' }, 'silence'];
    const failed = client.room(room.id).send('failed');
    await settle();
    const sending = client.room(room.id).send('sending');
    const queued = client.room(room.id).send('queued');
    for (const row of [failed, sending, queued]) client.room(room.id).discard(row.nonce);
    expect(pending(client, room)).toMatchObject([{ body: 'sending' }]);
  });

  it('is refused when too many wait', async () => {
    const { server, room, client } = await opened();
    server.up = false;
    server.cut();
    await settle();
    for (let index = 0; index < OUTBOX_MAXIMUM; index += 1) client.room(room.id).send(`${index}`);
    expect(() => client.room(room.id).send('one too many')).toThrow(ParlorError);
    expect(pending(client, room)).toHaveLength(OUTBOX_MAXIMUM);
  });

  it('made from further up is not left pending', async () => {
    const { room, client } = await opened();
    for (let index = 0; index < 100; index += 1) room.say(makeUser('bo'), `${index}`);
    const handle = client.room(room.id);
    await handle.jumpTo(20);
    handle.send('from above');
    await pass(100);
    expect(pending(client, room)).toEqual([]);
    await handle.toEnd();
    expect(handle.get()?.timeline.messages.at(-1)?.body).toBe('from above');
  });
});

describe('after a reload', () => {
  it('what was not sent is there, in order, and is said once', async () => {
    const storage = memoryStorage();
    const { server, room, client } = await opened({ storage });
    server.refusals = ['drop-answer'];
    server.lose = 1;
    client.room(room.id).send('answer lost');
    await settle();
    server.up = false;
    server.cut();
    await settle();
    client.room(room.id).send('never sent');
    client.room(room.id).send('nor this');
    client.disconnect();
    // A storage need not keep an order.
    storage.keys = () => [...storage.map.keys()].reverse();
    server.up = true;
    const again = await started(server, { storage });
    await again.client.room(room.id).open();
    await pass(1000);
    expect(said(room)).toEqual(['answer lost', 'never sent', 'nor this']);
    expect(again.client.room(room.id).get()?.pending).toEqual([]);
    expect(storage.map.size).toBe(0);
  });

  it('a failed message is still failed', async () => {
    const storage = memoryStorage();
    const { server, room, client } = await opened({ storage });
    server.refusals = [{ code: 'forbidden', message: 'You may not.' }];
    client.room(room.id).send('no');
    await settle();
    client.disconnect();
    const again = await started(server, { storage });
    expect(again.client.room(room.id).get()?.pending).toMatchObject([
      { body: 'no', state: 'failed', error: { message: 'You may not.' } },
    ]);
    expect(said(room)).toEqual([]);
  });

  it("shows nothing of another person's", async () => {
    const storage = memoryStorage();
    const { server, room, client } = await opened({ storage });
    server.up = false;
    server.cut();
    await settle();
    client.room(room.id).send('mine');
    client.disconnect();
    const other = new FakeServer(makeUser('bo'));
    const same = other.addRoom('hall');
    const { client: bo } = await started(other, { storage });
    expect(bo.room(same.id).get()?.pending).toEqual([]);
    expect(storage.map.size).toBe(1);
  });

  it('forgets all at sign-out', async () => {
    const storage = memoryStorage();
    const { server, room, client } = await opened({ storage });
    server.refusals = [{ code: 'forbidden', message: 'no' }];
    client.room(room.id).send('secret');
    await settle();
    expect(storage.map.size).toBe(1);
    await client.signOut();
    expect(storage.map.size).toBe(0);
    expect(client.user.get()).toBeNull();
    expect(client.status.get()).toEqual({ state: 'ended', reason: 'signed-out' });
  });

  it('does without a storage that is full or holds rubbish', async () => {
    const storage = memoryStorage();
    storage.map.set('parlor.outbox.usr_ada.x', '{"nonce":');
    storage.map.set('parlor.outbox.usr_ada.y', '{"nonce":"y"}');
    storage.set = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const { room, client } = await opened({ storage });
    client.room(room.id).send('hi');
    await settle();
    expect(said(room)).toEqual(['hi']);
  });
});

describe('texts', () => {
  it('tells commands as the server does', () => {
    expect(['/me waves', '/me', '/usr is full', '/me\nthere'].every(readsAsCommand)).toBe(true);
    for (const text of [
      'hello',
      ' /me too',
      '/etc/fstab',
      '/ what',
      '/',
      '/Me',
      'a /me b',
      '//me',
      `/${'a'.repeat(33)} b`,
    ]) {
      expect(readsAsCommand(text), text).toBe(false);
    }
  });

  it('says a text that begins with a slash as it is', () => {
    expect(literally('/me waves')).toBe('//me waves');
    expect(literally('//')).toBe('///');
    expect(literally('hello')).toBe('hello');
  });

  it('makes names that sort by time, and are acceptable to the server', () => {
    const one = makeNonce(1_000_000, () => 0.999999);
    const next = makeNonce(1_000_001, () => 0);
    expect(one < next).toBe(true);
    expect(one).toMatch(/^[!-~]{26}$/);
  });
});

describe("the browser's storage", () => {
  /** As much of a `Storage` as is used; `room` is how many characters it holds. */
  class Shelf {
    readonly map = new Map<string, string>();
    room: number;
    constructor(room: number) {
      this.room = room;
    }
    get length(): number {
      return this.map.size;
    }
    key = (index: number): string | null => [...this.map.keys()][index] ?? null;
    getItem = (key: string): string | null => this.map.get(key) ?? null;
    removeItem = (key: string): void => void this.map.delete(key);
    setItem(key: string, value: string): void {
      const others = [...this.map].filter(([other]) => other !== key);
      if (others.reduce((sum, [, text]) => sum + text.length, value.length) > this.room)
        throw new Error('QuotaExceededError');
      this.map.set(key, value);
    }
  }

  function shelves(lasting: number, passing: number): { lasting: Shelf; passing: Shelf } {
    const made = { lasting: new Shelf(lasting), passing: new Shelf(passing) };
    vi.stubGlobal('localStorage', made.lasting);
    vi.stubGlobal('sessionStorage', made.passing);
    return made;
  }
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('keeps for the page what finds no lasting place, and reads what is newer', () => {
    const made = shelves(4, 100);
    const storage = browserStorage();
    storage?.set('a', 'old');
    storage?.set('a', 'newer');
    expect(storage?.get('a')).toBe('newer');
    expect(storage?.keys()).toEqual(['a']);
    made.lasting.room = 100;
    storage?.set('a', 'newest');
    expect([made.lasting.getItem('a'), made.passing.getItem('a')]).toEqual(['newest', null]);
    storage?.remove('a');
    expect(storage?.get('a')).toBeNull();
  });

  it('says so where there is no place at all', () => {
    shelves(0, 0);
    expect(() => browserStorage()?.set('a', 'b')).toThrow();
  });

  it('brings back after a reload what was to be sent while it was full', async () => {
    shelves(0, 10_000);
    const server = new FakeServer();
    const room = server.addRoom('hall');
    const first = await started(server, { storage: browserStorage() });
    server.up = false;
    server.cut();
    await settle();
    first.client.room(room.id).send('kept');
    first.client.disconnect();
    server.up = true;
    await started(server, { storage: browserStorage() });
    await settle();
    expect(said(room)).toEqual(['kept']);
  });
});

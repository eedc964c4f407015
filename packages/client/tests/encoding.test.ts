import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeUser } from './support/fake-room.ts';
import { FakeServer } from './support/fake-server.ts';
import { makeClient, pass, settle, started } from './support/start.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const bo = makeUser('bo');

describe('the encoding', () => {
  it('is JSON, without a subprotocol, unless another is asked for', async () => {
    const server = new FakeServer();
    await started(server);
    const [socket] = server.sockets;
    expect(socket).toMatchObject({ protocol: '', sent: { text: 1, binary: 0 } });
  });

  it('is binary in both directions where the server takes it', async () => {
    const server = new FakeServer();
    const hall = server.addRoom('hall', bo);
    const { client } = await started(server, { encoding: 'msgpack' });
    await client.room(hall.id).open();
    client.room(hall.id).send('from here');
    await settle();
    server.publish(hall.say(bo, 'from there'));
    await settle();
    const [socket] = server.sockets;
    expect(socket).toMatchObject({ protocol: 'parlor.v1.msgpack', sent: { text: 0, binary: 4 } });
    const messages = client.room(hall.id).get()?.timeline.messages;
    expect(messages).toEqual(hall.history({ limit: 60 }).messages);
    expect(messages?.map((message) => message.body)).toEqual(['from here', 'from there']);
  });

  it('is JSON where the server does not, one attempt later', async () => {
    const server = new FakeServer();
    server.subprotocol = '';
    const { client } = await started(server, { encoding: 'msgpack' });
    expect(client.status.get().state).toBe('offline');
    await pass(500);
    expect(client.status.get().state).toBe('online');
    server.cut();
    await pass(500);
    expect(client.status.get().state).toBe('online');
    expect(server.attempts).toHaveLength(3);
  });

  it.each(['parlor.v1.json', ''])('is JSON at once where the server chooses %o', async (subprotocol) => {
    const server = new FakeServer();
    [server.subprotocol, server.lenient] = [subprotocol, true];
    const hall = server.addRoom('hall', bo);
    const { client } = await started(server, { encoding: 'msgpack' });
    client.room(hall.id).send('from here');
    await settle();
    expect(server.attempts).toHaveLength(1);
    expect([...server.sockets][0]).toMatchObject({ protocol: subprotocol, sent: { text: 3, binary: 0 } });
    expect(hall.messages.map((row) => row.value.body)).toEqual(['from here']);
  });

  it('is fetched once, however often one connects meanwhile', async () => {
    const server = new FakeServer();
    const { client } = makeClient(server, { encoding: 'msgpack' });
    client.connect();
    client.disconnect();
    client.connect();
    await settle();
    expect(client.status.get().state).toBe('online');
    expect(server.attempts).toHaveLength(1);
  });

  it('is fetched in vain by a client that goes meanwhile', async () => {
    const server = new FakeServer();
    const { client } = makeClient(server, { encoding: 'msgpack' });
    client.connect();
    client.disconnect();
    await pass(60_000);
    expect([client.status.get().state, server.attempts]).toEqual(['idle', []]);
  });

  it('stays binary however often a server that took it is away', async () => {
    const server = new FakeServer();
    const { client } = await started(server, { encoding: 'msgpack' });
    server.up = false;
    server.cut();
    await pass(20_000);
    server.up = true;
    await pass(30_000);
    expect(client.status.get().state).toBe('online');
    expect([...server.sockets][0]?.protocol).toBe('parlor.v1.msgpack');
    expect(new Set(server.offers.map(String))).toEqual(new Set(['parlor.v1.msgpack,parlor.v1.json']));
  });

  it('is still found binary by a client that began while the server was away', async () => {
    const server = new FakeServer();
    server.up = false;
    await started(server, { encoding: 'msgpack' });
    await pass(400);
    expect(server.attempts).toHaveLength(2);
    server.up = true;
    await pass(1_000);
    expect([...server.sockets][0]?.protocol).toBe('parlor.v1.msgpack');
  });

  it('leaves broken frames aside', async () => {
    const server = new FakeServer();
    const { client } = await started(server, { encoding: 'msgpack' });
    for (const bytes of [[], [0xc1], [0x93, 0x01], [0x01], [0xa1, 0xff]]) {
      [...server.sockets][0]?.onmessage?.({ data: Uint8Array.from(bytes).buffer });
    }
    expect(client.status.get().state).toBe('online');
  });
});

describe('a server that is shut down', () => {
  it.each(['the server is going away; come back in 4.3 s', 'come back in 4.3 s'])(
    'says when to come back: %s',
    async (reason) => {
      const server = new FakeServer();
      const { client } = await started(server);
      server.cut(1001, reason);
      await pass(4_299);
      expect(client.status.get().state).toBe('offline');
      await pass(500);
      expect(client.status.get().state).toBe('online');
    },
  );

  it('is not asked at once, however long it wants to be left alone', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.cut(1001, 'come back in 99999999999 s');
    await pass(600_000);
    expect([client.status.get().state, server.attempts.length]).toEqual(['offline', 1]);
  });
});

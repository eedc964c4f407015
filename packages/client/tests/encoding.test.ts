import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeUser } from './support/fake-room.ts';
import { FakeServer } from './support/fake-server.ts';
import { pass, settle, started } from './support/start.ts';

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
    server.binary = false;
    const { client } = await started(server, { encoding: 'msgpack' });
    expect(client.status.get().state).toBe('offline');
    await pass(500);
    expect(client.status.get().state).toBe('online');
    server.cut();
    await pass(500);
    expect(client.status.get().state).toBe('online');
    expect(server.attempts).toHaveLength(3);
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
  it('says when to come back', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.cut(1001, 'the server is going away; come back in 4.3 s');
    await pass(4_299);
    expect(client.status.get().state).toBe('offline');
    await pass(500);
    expect(client.status.get().state).toBe('online');
  });
});

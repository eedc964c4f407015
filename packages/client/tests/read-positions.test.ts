import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from './support/fake-server.ts';
import { pass, settle, started } from './support/start.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function serverWithRoom(): FakeServer {
  const server = new FakeServer();
  server.addRoom('tea');
  return server;
}

const told = (server: FakeServer) =>
  server.commands.filter(({ type }) => type === 'room.read').map(({ data }) => data.seq);

describe('how far one has read', () => {
  it('is told at once, and then the newest place once a second', async () => {
    const server = serverWithRoom();
    const { client } = await started(server);
    for (const seq of [3, 4, 5, 2]) client.markRead('rm_tea', seq);
    await settle();
    expect(told(server)).toEqual([3]);
    await pass(1_000);
    expect(told(server)).toEqual([3, 5]);
    await pass(10_000);
    client.markRead('rm_tea', 5);
    await pass(10_000);
    expect(told(server)).toEqual([3, 5]);
    expect(client.room('rm_tea').get()?.room.read).toBe(5);
  });

  it('comes from other devices, never goes back, and is not told again', async () => {
    const server = serverWithRoom();
    const { client } = await started(server);
    const heard = vi.fn();
    client.on('read', heard);
    for (const seq of [7, 4])
      for (const socket of server.sockets)
        socket.deliver({ type: 'room.read', room: 'rm_tea', data: { seq } });
    await settle();
    expect(heard).toHaveBeenCalledExactlyOnceWith({ room: 'rm_tea', seq: 7 });
    expect(client.room('rm_tea').get()?.room.read).toBe(7);
    client.markRead('rm_tea', 6);
    await pass(10_000);
    expect(told(server)).toEqual([]);
  });

  it('is told once there is a connection again', async () => {
    const server = serverWithRoom();
    const { client } = await started(server);
    server.up = false;
    server.cut(1001);
    client.markRead('rm_tea', 9);
    await pass(1_000);
    expect(told(server)).toEqual([]);
    server.up = true;
    await pass(60_000);
    expect(told(server)).toEqual([9]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from './support/fake-server.ts';
import { makeClient, pass, settle, started } from './support/start.ts';

const START = Date.parse('2026-06-01T12:00:00.000Z');
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the server’s clock', () => {
  for (const [name, ahead] of [
    ['ahead', 5 * MINUTE],
    ['behind', -5 * MINUTE],
    ['years away', -20 * 365 * 24 * 60 * MINUTE],
  ] as const) {
    it(`is gone by, ${name} of the device’s`, async () => {
      const server = new FakeServer();
      server.ahead = ahead;
      const { client } = await started(server);
      expect(client.clock.get()).toBe(ahead);
      expect(client.now()).toBe(START + ahead);
      await pass(3000);
      expect(client.now()).toBe(START + 3000 + ahead);
    });
  }

  it('dates what is on its way, which stands among what was sent', async () => {
    const server = new FakeServer();
    server.ahead = 5 * MINUTE;
    const room = server.addRoom('salon');
    const { client } = await started(server);
    server.refusals = ['silence'];
    expect(client.room(room.id).send('hi').createdAt).toBe(START + 5 * MINUTE);
  });

  it('is told in the compact form, too', async () => {
    const server = new FakeServer();
    server.ahead = 7 * MINUTE;
    const { client } = await started(server, { encoding: 'msgpack' });
    await vi.waitUntil(() => client.status.get().state === 'online');
    expect(client.clock.get()).toBe(7 * MINUTE);
  });

  it('is told again by each sign of life, and by each connection', async () => {
    const server = new FakeServer();
    const { client, hint } = await started(server);
    const told: number[] = [];
    client.clock.subscribe((offset) => told.push(offset));
    // Somebody sets the device’s clock while the page is open.
    vi.setSystemTime(START - 9 * MINUTE);
    server.ahead = 9 * MINUTE;
    hint('visible');
    await settle();
    expect(client.now()).toBe(START);
    server.ahead = 10 * MINUTE;
    server.cut();
    await pass(1000);
    expect(told).toEqual([0, 9 * MINUTE, 10 * MINUTE]);
  });

  it('is the device’s own as long as nothing else is known', async () => {
    const server = new FakeServer();
    server.ahead = null;
    const { client } = makeClient(server);
    expect(client.now()).toBe(START);
    client.connect();
    await settle();
    expect([client.status.get().state, client.clock.get()]).toEqual(['online', 0]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoff, BACKOFF_CAP, type ConnectionStatus, ParlorClient, type User } from '../src/index.ts';
import { makeUser } from './support/fake-room.ts';
import { FakeServer } from './support/fake-server.ts';
import { makeClient, pass, settle, started } from './support/start.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function states(client: ParlorClient): ConnectionStatus['state'][] {
  const seen: ConnectionStatus['state'][] = [];
  client.status.subscribe((status) => seen.push(status.state));
  return seen;
}

describe('backoff', () => {
  it('is full jitter under a doubling, capped bound', () => {
    expect(backoff(0, () => 0)).toBe(0);
    expect([0, 1, 2, 3].map((attempt) => backoff(attempt, () => 1))).toEqual([500, 1000, 2000, 4000]);
    expect(backoff(40, () => 1)).toBe(BACKOFF_CAP);
  });

  it('waits at least as long as the server asks', () => {
    expect(backoff(0, () => 0, 7)).toBe(7000);
  });
});

describe('the connection', () => {
  it('signs in with the token and says what it has', async () => {
    const server = new FakeServer();
    const room = server.addRoom('hall');
    const { client } = await started(server);
    expect(client.status.get()).toEqual({ state: 'online' });
    expect(server.commands[0]).toMatchObject({ type: 'hello', data: { token: 'token-1' } });
    expect(server.commands[0]?.data.resume).toBeUndefined();
    server.cut();
    await pass(1000);
    expect(server.commands[1]).toMatchObject({
      type: 'hello',
      data: { resume: [{ room: room.id, seq: room.head, epoch: 1 }] },
    });
  });

  it('comes back by itself, and tells when', async () => {
    const server = new FakeServer();
    server.addRoom('hall');
    const { client } = await started(server);
    const seen = states(client);
    server.up = false;
    server.cut();
    await settle();
    const lost = Date.now();
    expect(client.status.get()).toEqual({ state: 'offline', since: lost, nextRetryAt: lost + 250 });
    server.attempts.length = 0;
    await pass(20_000);
    // Half of 0.5 s, 1 s, 2 s, 4 s, 8 s and 16 s, as random is one half.
    expect(server.attempts.map((at) => at - lost)).toEqual([250, 750, 1750, 3750, 7750, 15750]);
    expect(client.status.get()).toMatchObject({ state: 'offline', since: lost });
    server.up = true;
    await pass(15_000);
    expect(client.status.get()).toEqual({ state: 'online' });
    expect(seen.at(0)).toBe('online');
    expect(new Set(seen)).toEqual(new Set(['online', 'offline', 'connecting']));
  });

  it('is patient with a server that lets it in and drops it at once', async () => {
    const server = new FakeServer();
    await started(server);
    server.attempts.length = 0;
    for (let round = 0; round < 6; round += 1) {
      server.cut();
      await pass(BACKOFF_CAP);
      server.cut();
    }
    expect(server.attempts.length).toBeLessThan(14);
    const begin = Date.now();
    server.cut();
    await pass(1);
    server.cut();
    server.attempts.length = 0;
    await pass(10_000);
    expect(server.attempts[0] ?? Infinity).toBeGreaterThan(begin);
  });

  it.each([1001, 1006, 1009, 1011, 4401, 4402, 4499])('comes back after close code %i', async (code) => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.cut(code);
    await pass(1000);
    expect(client.status.get().state).toBe('online');
    expect(server.attempts).toHaveLength(2);
  });

  it.each([
    [4501, 'unauthenticated'],
    [4502, 'session-ended'],
    [4503, 'flooding'],
    [4600, 'refused'],
  ])('stays away after close code %i', async (code, reason) => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.cut(code);
    await pass(120_000);
    expect(client.status.get()).toEqual({ state: 'ended', reason });
    expect(server.attempts).toHaveLength(1);
    expect(client.user.get() === null).toBe(reason === 'unauthenticated' || reason === 'session-ended');
  });

  it('goes on in the session that an upgrade brings', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.override = (_, path) => {
      if (path !== '/me/upgrade') return undefined;
      // The server ends the session before, and its socket, before it answers.
      server.cut(4502);
      return Response.json({ user: server.self });
    };
    const ended = vi.fn();
    client.on('session.ended', ended);
    await client.upgrade({ username: 'grace', password: 'battery staple' });
    await settle();
    expect(client.status.get().state).toBe('online');
    expect(server.attempts).toHaveLength(2);
    expect(ended).not.toHaveBeenCalled();
  });

  describe('whose session another tab has replaced', () => {
    /** A page of the server's own, whose session ends, and what the server says of the cookie from then on, in turn. */
    async function replaced(answers: (User | null | 'unreachable')[]): Promise<{
      client: ParlorClient;
      server: FakeServer;
      ended: ReturnType<typeof vi.fn>;
    }> {
      const server = new FakeServer();
      server.addRoom('hall');
      const { client } = await started(server, { cookie: true, token: null });
      const ended = vi.fn();
      client.on('session.ended', ended);
      server.override = (_, path) => {
        const answer = path === '/auth/session' ? answers.shift() : undefined;
        if (answer === 'unreachable') throw new TypeError('Failed to fetch');
        return answer === undefined ? undefined : Response.json(answer === null ? {} : { user: answer });
      };
      server.cut(4502);
      await pass(10_000);
      return { client, server, ended };
    }

    it('goes on in the new one, which may be on its way yet', async () => {
      for (const late of [0, 1, 2]) {
        const answers = Array.from({ length: late }, () => null);
        const { client, server, ended } = await replaced([...answers, new FakeServer().self]);
        expect(client.status.get().state).toBe('online');
        expect(server.commands.at(-1)).toMatchObject({ type: 'hello', data: { resume: [{}] } });
        expect(ended).not.toHaveBeenCalled();
      }
    });

    it('ends where there is none', async () => {
      const { client, server } = await replaced([null, null, null]);
      expect(client.status.get()).toEqual({ state: 'ended', reason: 'session-ended' });
      expect(server.attempts).toHaveLength(1);
    });

    it('does not become somebody else', async () => {
      const { client, ended } = await replaced([makeUser('eve'), makeUser('eve'), makeUser('eve')]);
      expect(client.status.get()).toEqual({ state: 'ended', reason: 'session-ended' });
      expect(client.user.get()).toBeNull();
      expect(ended).toHaveBeenCalledOnce();
    });

    it('tries on where the server can not be asked', async () => {
      const { client } = await replaced(['unreachable']);
      expect(client.status.get().state).toBe('online');
    });

    it('stays signed out once it has signed out', async () => {
      const server = new FakeServer();
      const { client } = await started(server, { cookie: true, token: null });
      server.cut(4502);
      await client.signOut();
      await pass(10_000);
      expect(client.status.get()).toEqual({ state: 'ended', reason: 'signed-out' });
      expect(server.attempts).toHaveLength(1);
    });
  });

  it('can connect again after the end', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.cut(4503);
    await settle();
    client.connect();
    await settle();
    expect(client.status.get().state).toBe('online');
  });

  it('asks over HTTP whether it is let in, when a handshake fails without saying why', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.handshakes = false;
    server.cut();
    await pass(2000);
    // The server answers that the session is good: so it is worth trying on.
    expect(server.requests).toContain('GET /auth/session');
    expect(client.status.get().state).toBe('offline');
    server.admits = false;
    await pass(5000);
    expect(client.status.get()).toEqual({ state: 'ended', reason: 'unauthenticated' });
  });

  it('notices silence: a ping that is not answered ends the connection', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    for (const socket of server.sockets) socket.deaf = true;
    await pass(25_000);
    expect(client.status.get().state).toBe('online');
    await pass(8_000);
    expect(client.status.get().state).toBe('offline');
    await pass(1000);
    expect(client.status.get().state).toBe('online');
  });

  it('pings only in silence', async () => {
    const server = new FakeServer();
    const room = server.addRoom('hall');
    await started(server);
    for (let index = 0; index < 10; index += 1) {
      await pass(20_000);
      server.publish(room.say(makeUser('bo'), 'hi'));
    }
    expect(server.commands.filter((command) => command.type === 'ping')).toHaveLength(0);
    await pass(26_000);
    expect(server.commands.filter((command) => command.type === 'ping')).toHaveLength(1);
  });

  it('takes hints: tries at once when the network is back, asks at once when it may be gone', async () => {
    const server = new FakeServer();
    const { client, hint } = await started(server, { random: () => 0.99 });
    server.up = false;
    server.cut();
    await pass(60_000);
    expect(client.status.get().state).toBe('offline');
    server.up = true;
    hint('network-back');
    await settle();
    expect(client.status.get().state).toBe('online');
    for (const socket of server.sockets) socket.deaf = true;
    hint('network-gone');
    await pass(3_000);
    expect(client.status.get().state).toBe('offline');
  });

  it('gives up on a server that accepts and says nothing', async () => {
    const server = new FakeServer();
    const { client } = makeClient(server);
    vi.spyOn(server, 'receive').mockImplementation(() => undefined);
    client.connect();
    await pass(10_000);
    expect(client.status.get().state).toBe('offline');
  });

  it('waits as long as a refused hello says', async () => {
    const server = new FakeServer();
    const { client } = makeClient(server);
    const receive = vi.spyOn(server, 'receive').mockImplementationOnce((socket, { ref }) => {
      socket.deliver({ type: 'error', ref, error: { code: 'busy', message: 'full', retry_after: 9 } });
      queueMicrotask(() => {
        socket.end(1011);
      });
    });
    client.connect();
    await pass(9_000);
    expect(receive).toHaveBeenCalledTimes(1);
    await pass(1_000);
    expect(client.status.get().state).toBe('online');
  });

  it('leaves aside what it does not understand', async () => {
    const server = new FakeServer();
    const room = server.addRoom('hall');
    const { client } = await started(server);
    const before = client.rooms.get();
    for (const socket of server.sockets) {
      socket.deliver({ type: 'toString', room: room.id });
      socket.deliver({ type: 'typing.started', room: room.id, data: {} });
      socket.deliver({ type: 'server.notice', data: { anything: true } });
      socket.deliver({ type: 7 });
      socket.deliverText('not JSON');
      socket.deliverText('null');
      socket.deliverText('[]');
    }
    await settle();
    expect(client.rooms.get()).toBe(before);
    expect(client.status.get().state).toBe('online');
    server.publish(room.say(makeUser('bo'), 'still there'));
    await settle();
    expect(client.room(room.id).get()?.seq).toBe(room.head);
  });

  it('lets an event of an unknown kind take its place, so that it is no gap', async () => {
    const server = new FakeServer();
    const room = server.addRoom('hall');
    const { client } = await started(server);
    room.head += 1;
    for (const socket of server.sockets) {
      socket.deliver({ type: 'reaction.added', room: room.id, seq: room.head, data: { emoji: '+1' } });
    }
    server.publish(room.say(makeUser('bo'), 'hi'));
    await settle();
    expect(client.room(room.id).get()?.seq).toBe(room.head);
    expect(server.requests.filter((request) => request.includes('/changes'))).toEqual([]);
  });

  it('says no more after disconnect', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    client.disconnect();
    await pass(120_000);
    expect(client.status.get()).toEqual({ state: 'idle' });
    expect(server.sockets.size).toBe(0);
    expect(server.attempts).toHaveLength(1);
  });
});

describe('where there is no WebSocket, as in Node.js before version 22', () => {
  const without = (): ParlorClient =>
    new ParlorClient({ baseUrl: 'http://parlor.test', fetch: new FakeServer().fetch, storage: null });

  it('connecting says at once what to pass, and does not try', async () => {
    vi.stubGlobal('WebSocket', undefined);
    const client = without();
    const seen = states(client);
    expect(() => {
      client.connect();
    }).toThrowError(
      expect.objectContaining({ code: 'no_websocket', message: expect.stringContaining('ws') }),
    );
    await pass(60_000);
    expect(seen).toEqual(['idle']);
    vi.unstubAllGlobals();
  });

  it('HTTP works all the same', async () => {
    vi.stubGlobal('WebSocket', undefined);
    await expect(without().signIn('ada', 'password')).resolves.toMatchObject({ token: 'token-1' });
    vi.unstubAllGlobals();
  });

  it('one that comes later is found', async () => {
    const server = new FakeServer();
    vi.stubGlobal('WebSocket', undefined);
    const client = new ParlorClient({ baseUrl: 'http://parlor.test', fetch: server.fetch, storage: null });
    vi.stubGlobal('WebSocket', server.WebSocket);
    client.connect();
    await settle();
    expect(client.status.get()).toEqual({ state: 'online' });
    client.disconnect();
    vi.unstubAllGlobals();
  });
});

it('an address that is none is told at once, and not tried for ever', () => {
  const client = new ParlorClient({ baseUrl: 'chat example', WebSocket: new FakeServer().WebSocket });
  expect(() => {
    client.connect();
  }).toThrow(TypeError);
  expect(client.status.get()).toEqual({ state: 'idle' });
});

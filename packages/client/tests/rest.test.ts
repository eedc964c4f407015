import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ParlorClient, ParlorError, Rest } from '../src/index.ts';
import { FakeServer, refuse } from './support/fake-server.ts';
import { pass, settle, started } from './support/start.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Call {
  method: string;
  url: string;
  init: RequestInit;
}

function rest(
  answer: () => Response | Promise<Response>,
  token: string | null = null,
): { rest: Rest; calls: Call[] } {
  const calls: Call[] = [];
  const fetch = (url: unknown, init: RequestInit = {}): Promise<Response> => {
    calls.push({ method: init.method ?? 'GET', url: String(url), init });
    return Promise.resolve(answer());
  };
  const made = new Rest({
    baseUrl: 'http://parlor.test',
    fetch: fetch as typeof globalThis.fetch,
    token: () => token,
    onError: () => undefined,
  });
  return { rest: made, calls };
}

async function failure(promise: Promise<unknown>): Promise<ParlorError> {
  const error: unknown = await promise.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ParlorError);
  return error as ParlorError;
}

describe('every route', () => {
  const routes: [string, (rest: Rest) => Promise<unknown>, string][] = [
    ['server', (rest) => rest.server(), 'GET /server'],
    ['register', (rest) => rest.register({ username: 'a', password: 'b' }), 'POST /auth/register'],
    ['login', (rest) => rest.login({ username: 'a', password: 'b' }), 'POST /auth/login'],
    ['guest', (rest) => rest.guest({ display_name: 'a' }), 'POST /auth/guest'],
    ['logout', (rest) => rest.logout(), 'POST /auth/logout'],
    ['session', (rest) => rest.session(), 'GET /auth/session'],
    ['me', (rest) => rest.me(), 'GET /me'],
    ['updateProfile', (rest) => rest.updateProfile({}), 'PATCH /me'],
    ['upgrade', (rest) => rest.upgrade({ username: 'a', password: 'b' }), 'POST /me/upgrade'],
    [
      'changePassword',
      (rest) => rest.changePassword({ current_password: 'a', new_password: 'b' }),
      'POST /me/password',
    ],
    ['sessions', (rest) => rest.sessions(), 'GET /sessions'],
    ['endSession', (rest) => rest.endSession('ses_1'), 'DELETE /sessions/ses_1'],
    ['users', (rest) => rest.users(['usr_a', 'usr_b']), 'GET /users?ids=usr_a%2Cusr_b'],
    ['rooms', (rest) => rest.rooms(), 'GET /rooms'],
    [
      'public rooms',
      (rest) => rest.rooms({ scope: 'public', after: 'x y', limit: 2 }),
      'GET /rooms?scope=public&after=x+y&limit=2',
    ],
    ['createRoom', (rest) => rest.createRoom({ name: 'a', kind: 'public' }), 'POST /rooms'],
    ['room', (rest) => rest.room('rm_1'), 'GET /rooms/rm_1'],
    ['roomBySlug', (rest) => rest.roomBySlug('ä/b'), 'GET /rooms/by-slug/%C3%A4%2Fb'],
    ['muteMember', (rest) => rest.muteMember('rm_1', 'usr_a'), 'POST /rooms/rm_1/members/usr_a/mute'],
    ['unmuteMember', (rest) => rest.unmuteMember('rm_1', 'usr_a'), 'POST /rooms/rm_1/members/usr_a/unmute'],
    ['kickMember', (rest) => rest.kickMember('rm_1', 'usr_a'), 'POST /rooms/rm_1/members/usr_a/kick'],
    ['updateRoom', (rest) => rest.updateRoom('rm_1', {}), 'PATCH /rooms/rm_1'],
    ['markRead', (rest) => rest.markRead('rm_1', 5), 'PUT /rooms/rm_1/read'],
    ['joinRoom', (rest) => rest.joinRoom('rm_1'), 'POST /rooms/rm_1/join'],
    ['leaveRoom', (rest) => rest.leaveRoom('rm_1'), 'POST /rooms/rm_1/leave'],
    [
      'members',
      (rest) => rest.members('rm_1', { after: 'usr_a', limit: 5 }),
      'GET /rooms/rm_1/members?after=usr_a&limit=5',
    ],
    ['sendMessage', (rest) => rest.sendMessage('rm_1', { body: 'a' }), 'POST /rooms/rm_1/messages'],
    [
      'history',
      (rest) => rest.history('rm_1', { limit: 5, before: 9 }),
      'GET /rooms/rm_1/messages?limit=5&before=9',
    ],
    [
      'editMessage',
      (rest) => rest.editMessage('rm_1', 'msg_1', { body: 'a' }),
      'PATCH /rooms/rm_1/messages/msg_1',
    ],
    ['deleteMessage', (rest) => rest.deleteMessage('rm_1', 'msg_1'), 'DELETE /rooms/rm_1/messages/msg_1'],
    ['changes', (rest) => rest.changes('rm_1', 0, 7), 'GET /rooms/rm_1/changes?after=0&epoch=7'],
    ['invites', (rest) => rest.invites('rm_1'), 'GET /rooms/rm_1/invites'],
    ['createInvite', (rest) => rest.createInvite('rm_1'), 'POST /rooms/rm_1/invites'],
    ['revokeInvite', (rest) => rest.revokeInvite('rm_1', 'inv_1'), 'DELETE /rooms/rm_1/invites/inv_1'],
    ['inspectInvite', (rest) => rest.inspectInvite('c'), 'POST /invites/inspect'],
    ['acceptInvite', (rest) => rest.acceptInvite('c'), 'POST /invites/accept'],
  ];

  it.each(routes)('%s', async (_name, call, wanted) => {
    const made = rest(() => new Response('{}'));
    await call(made.rest);
    const [first] = made.calls;
    expect(`${first?.method ?? ''} ${first?.url ?? ''}`).toBe(
      wanted.replace(' ', ' http://parlor.test/api/v1'),
    );
  });

  it('has a test here', () => {
    const names = new Set(routes.map(([name]) => name.replace('public ', '')));
    const made = rest(() => new Response('{}')).rest;
    expect(new Set(Object.keys(made))).toEqual(names);
  });
});

describe('credentials', () => {
  it('are a bearer token, and then no cookie', async () => {
    const { rest: made, calls } = rest(() => new Response('{}'), 'secret');
    await made.createRoom({ name: 'a', kind: 'public' });
    expect(calls[0]?.init).toMatchObject({
      credentials: 'omit',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      body: '{"name":"a","kind":"public"}',
    });
  });

  it('are the cookie of the same origin otherwise', async () => {
    const { rest: made, calls } = rest(() => new Response('{}'));
    await made.me();
    expect(calls[0]?.init.credentials).toBe('same-origin');
    expect(calls[0]?.init.headers).not.toHaveProperty('authorization');
  });

  it('come from signing in, and are asked for as a cookie where that is wanted', async () => {
    const server = new FakeServer();
    const bodies: string[] = [];
    const fetch = (url: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      bodies.push(String(init?.body));
      return server.fetch(url, init);
    };
    const options = { baseUrl: 'http://parlor.test/', fetch, WebSocket: server.WebSocket, storage: null };
    const token = new ParlorClient(options);
    await token.signIn('ada', 'a password');
    expect(token.token).toBe('token-1');
    expect(token.user.get()?.username).toBe('ada');
    await new ParlorClient({ ...options, cookie: true }).signIn('ada', 'a password');
    expect(bodies.map((body) => (JSON.parse(body) as { cookie: boolean }).cookie)).toEqual([false, true]);
  });
});

describe('what goes wrong', () => {
  it('comes as the server says it', async () => {
    const error = {
      code: 'name_taken' as const,
      message: 'That name is taken.',
      details: { field: 'username' },
    };
    const thrown = await failure(rest(() => refuse(409, error)).rest.me());
    expect(thrown).toMatchObject({
      code: 'name_taken',
      message: error.message,
      status: 409,
      details: error.details,
    });
    expect(thrown.retryAfter).toBeUndefined();
  });

  it('says when to come again, in the body or in the header', async () => {
    const body = { code: 'rate_limited' as const, message: 'Too many.', retry_after: 2.5 };
    expect((await failure(rest(() => refuse(429, body, { 'retry-after': '3' })).rest.me())).retryAfter).toBe(
      2.5,
    );
    const bare = { code: 'busy' as const, message: 'Full.' };
    expect((await failure(rest(() => refuse(503, bare, { 'retry-after': '4' })).rest.me())).retryAfter).toBe(
      4,
    );
  });

  it('is told apart: no network, a proxy in between, an answer that is not understood', async () => {
    const none = rest(() => {
      throw new TypeError('fetch failed');
    });
    expect((await failure(none.rest.me())).code).toBe('network');
    const proxy = rest(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    expect((await failure(proxy.rest.me())).code).toBe('network');
    expect((await failure(rest(() => new Response('<html>')).rest.me())).code).toBe('bad_response');
    expect((await failure(rest(() => new Response('{}', { status: 400 })).rest.me())).code).toBe(
      'bad_response',
    );
    expect((await failure(rest(() => new Response('null', { status: 400 })).rest.me())).code).toBe(
      'bad_response',
    );
  });

  it('ends the session here when the server does not know it any more', async () => {
    const server = new FakeServer();
    const room = server.addRoom('hall');
    const { client } = await started(server);
    const reasons: string[] = [];
    client.on('session.ended', ({ reason }) => reasons.push(reason));
    server.override = () => refuse(401, { code: 'unauthenticated', message: 'There is no valid session.' });
    await failure(client.room(room.id).loadMembers());
    await pass(60_000);
    expect(client.status.get()).toEqual({ state: 'ended', reason: 'unauthenticated' });
    expect([client.user.get(), client.rooms.get().size, reasons]).toEqual([null, 0, ['unauthenticated']]);
  });

  it('does not end the session for a wrong password', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.override = () => refuse(401, { code: 'wrong_credentials', message: 'Wrong.' });
    await failure(client.signIn('ada', 'wrong'));
    expect(client.status.get().state).toBe('online');
  });

  it('is no session, where none is expected', async () => {
    const server = new FakeServer();
    server.admits = false;
    const client = new ParlorClient({ baseUrl: 'http://parlor.test', fetch: server.fetch, storage: null });
    expect(await client.restore()).toBeNull();
    expect(client.status.get()).toEqual({ state: 'idle' });
    server.up = false;
    expect((await failure(client.restore())).code).toBe('network');
  });

  it('signs out here even if the server has forgotten the session', async () => {
    const server = new FakeServer();
    const { client } = await started(server);
    server.override = () => refuse(401, { code: 'unauthenticated', message: 'There is no valid session.' });
    await client.signOut();
    await settle();
    expect(client.user.get()).toBeNull();
    expect(server.sockets.size).toBe(0);
  });
});

describe('half of a surrogate pair', () => {
  it('becomes U+FFFD in every text of a body, and whole pairs stay', async () => {
    const { rest: made, calls } = rest(() => new Response('{}'));
    await made.createRoom({ name: 'a\ud83d', kind: 'public', topic: '\ude00b \u{1f600}' });
    await made.editMessage('rm_1', 'msg_1', { body: '\\ud83d \ud83d\ud83d\ude00' });
    expect(calls.map(({ init }) => JSON.parse(String(init?.body)) as unknown)).toEqual([
      { name: 'a\ufffd', kind: 'public', topic: '\ufffdb \u{1f600}' },
      { body: '\\ud83d \ufffd\u{1f600}' },
    ]);
    expect(calls.some(({ init }) => /[^\\]\\ud83d/i.test(String(init?.body)))).toBe(false);
  });

  it('becomes U+FFFD in an address, and does not throw', async () => {
    const { rest: made, calls } = rest(() => new Response('{}'));
    await made.roomBySlug('a\ud83d');
    await made.rooms({ after: '\udc00' });
    expect(calls.map(({ url }) => url.replace('http://parlor.test/api/v1', ''))).toEqual([
      '/rooms/by-slug/a%EF%BF%BD',
      '/rooms?after=%EF%BF%BD',
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Message, type ParlorClient, rowsOf, WINDOW_MAXIMUM } from '../src/index.ts';
import { type FakeRoom, makeUser } from './support/fake-room.ts';
import { FakeServer } from './support/fake-server.ts';
import { pass, settle, started } from './support/start.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const bo = makeUser('bo');

function bodies(client: ParlorClient, room: FakeRoom): string[] {
  return (client.room(room.id).get()?.timeline.messages ?? []).map((message) => message.body);
}

function say(server: FakeServer, room: FakeRoom, count: number, prefix = 'm'): void {
  for (let index = 1; index <= count; index += 1) server.publish(room.say(bo, `${prefix}${index}`));
}

async function opened(past = 0): Promise<{ server: FakeServer; room: FakeRoom; client: ParlorClient }> {
  const server = new FakeServer();
  const room = server.addRoom('hall', bo);
  say(server, room, past, 'past');
  const { client } = await started(server);
  await client.room(room.id).open();
  return { server, room, client };
}

describe('a gap', () => {
  it('is repaired by one question, while later events wait', async () => {
    const { server, room, client } = await opened();
    let release = (): void => undefined;
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    server.lose = 3;
    say(server, room, 6);
    await settle();
    expect(bodies(client, room)).toEqual([]);
    say(server, room, 2, 'late');
    await settle();
    release();
    server.hold = undefined;
    await settle();
    expect(bodies(client, room)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'late1', 'late2']);
    expect(server.requests.filter((request) => request.includes('/changes'))).toEqual([
      `GET /rooms/${room.id}/changes?after=2&epoch=1`,
    ]);
  });

  it('is repaired page by page', async () => {
    const { server, room, client } = await opened();
    server.pageSize = 4;
    server.lose = 30;
    say(server, room, 31);
    await settle();
    expect(bodies(client, room)).toHaveLength(31);
    expect(client.room(room.id).get()?.held).toEqual([]);
  });

  it('is repaired once the server can be asked again', async () => {
    const { server, room, client } = await opened();
    let failures = 2;
    server.override = (_method, path) => {
      if (!path.endsWith('/changes') || failures === 0) return undefined;
      failures -= 1;
      throw new TypeError('fetch failed');
    };
    server.lose = 1;
    say(server, room, 2);
    await settle();
    expect(bodies(client, room)).toEqual([]);
    await pass(60_000);
    expect(bodies(client, room)).toEqual(['m1', 'm2']);
  });

  it('is repaired across a restart of the server, and not if its data was restored', async () => {
    const { server, room, client } = await opened(3);
    room.restart();
    server.lose = 1;
    say(server, room, 2, 'new');
    await settle();
    expect(client.room(room.id).get()).toMatchObject({ epoch: 2, seq: room.head });
    expect(bodies(client, room)).toEqual(['past1', 'past2', 'past3', 'new1', 'new2']);
    expect(server.requests.filter((request) => request.includes('/messages'))).toHaveLength(1);
    room.restore(room.head - 2);
    server.lose = 3;
    say(server, room, 4, 'other');
    await settle();
    expect(client.room(room.id).get()).toMatchObject({ epoch: 1_002, seq: room.head });
    expect(bodies(client, room)).toEqual(['past1', 'past2', 'past3', 'other1', 'other2', 'other3', 'other4']);
  });

  it('after joining elsewhere is seen by the head of the room', async () => {
    const { server, room, client } = await opened();
    server.lose = 1;
    say(server, room, 1);
    for (const socket of server.sockets)
      socket.deliver({ type: 'room.joined', data: room.room(server.self.id) });
    await settle();
    expect(bodies(client, room)).toEqual(['m1']);
  });
});

describe('after a cut', () => {
  it('brings exactly what was missed, edits too, and goes on live', async () => {
    const { server, room, client } = await opened(5);
    const heard: { body: string; missed: boolean }[] = [];
    client.on('message', ({ message, missed }) => heard.push({ body: message.body, missed }));
    server.pageSize = 3;
    server.up = false;
    server.cut();
    await settle();
    const old = room.messages[2]?.value as Message;
    say(server, room, 4);
    room.edit(old.id, 'edited');
    room.edit(room.messages[5]?.value.id ?? '', 'm1 edited');
    room.remove(room.messages[7]?.value.id ?? '');
    server.up = true;
    await pass(1000);
    say(server, room, 1, 'live');
    await settle();
    const page = room.history({ limit: 60 });
    expect(client.room(room.id).get()?.timeline.messages).toEqual(page.messages);
    expect(client.room(room.id).get()?.seq).toBe(room.head);
    expect(heard).toEqual([
      { body: 'm2', missed: true },
      { body: 'm4', missed: true },
      { body: 'm1 edited', missed: true },
      { body: 'live1', missed: false },
    ]);
  });

  it('of 500 messages loses none and doubles none', async () => {
    const { server, room, client } = await opened(5);
    client.room(room.id).follow(true);
    let heard = 0;
    client.on('message', () => {
      heard += 1;
    });
    server.up = false;
    server.cut();
    await settle();
    say(server, room, 500);
    server.up = true;
    await pass(1000);
    const shown = bodies(client, room);
    expect(heard).toBe(500);
    expect(shown).toHaveLength(WINDOW_MAXIMUM);
    expect(shown).toEqual(room.messages.slice(-WINDOW_MAXIMUM).map((row) => row.value.body));
  });

  it('a restart of the server voids nothing, and positions are learned anew with what comes', async () => {
    const { server, room } = await opened(5);
    const hellos = (): unknown =>
      server.commands.filter((command) => command.type === 'hello').at(-1)?.data.resume;
    const cut = async (): Promise<void> => {
      room.restart();
      server.cut();
      await pass(1000);
    };
    const { head } = room;
    await cut();
    expect(hellos()).toEqual([{ room: room.id, seq: head, epoch: 1 }]);
    // Nothing came, so what is known is still what was known in the first run.
    await cut();
    expect(hellos()).toEqual([{ room: room.id, seq: head, epoch: 1 }]);
    say(server, room, 1);
    await settle();
    await cut();
    expect(hellos()).toEqual([{ room: room.id, seq: head + 1, epoch: 3 }]);
    expect(server.requests.filter((request) => request.includes('/messages'))).toHaveLength(1);
  });

  it('what a restored server does not have is forgotten, and what it has instead is shown', async () => {
    const { server, room, client } = await opened(5);
    say(server, room, 30, 'lost');
    await settle();
    expect(bodies(client, room)).toHaveLength(35);
    server.up = false;
    server.cut();
    await settle();
    room.restore(room.head - 30);
    say(server, room, 40, 'other');
    server.up = true;
    await pass(1000);
    const present = room.messages.map((row) => row.value.body);
    expect(bodies(client, room)).toEqual(present.slice(-bodies(client, room).length));
    expect(bodies(client, room).length).toBeGreaterThanOrEqual(40);
    expect(client.room(room.id).get()).toMatchObject({ seq: room.head, epoch: 1_001 });
  });

  it('too long ago reads the newest page anew', async () => {
    const { server, room, client } = await opened(5);
    server.farthest = 50;
    server.up = false;
    server.cut();
    await settle();
    say(server, room, 200);
    server.up = true;
    await pass(1000);
    const state = client.room(room.id).get();
    expect(state?.timeline).toMatchObject({ stale: false, atEnd: true, atStart: false });
    expect(bodies(client, room)).toEqual(room.messages.slice(-60).map((row) => row.value.body));
  });

  it('keeps the place of a reader further up, even after a reset', async () => {
    const { server, room, client } = await opened(200);
    const handle = client.room(room.id);
    await handle.jumpTo(room.messages[50]?.value.seq ?? 0);
    const middle = handle.get()?.timeline.messages[30]?.seq ?? 0;
    for (const socket of server.sockets) {
      socket.deliver({ type: 'room.reset', room: room.id, data: { head: room.head, epoch: 1 } });
    }
    await settle();
    expect(handle.get()?.timeline).toMatchObject({ stale: false, atEnd: false });
    expect(handle.get()?.timeline.messages.map((message) => message.seq)).toContain(middle);
  });

  it('forgets the rooms that one is not in any more', async () => {
    const { server, room, client } = await opened();
    const left: string[] = [];
    client.on('room.left', (event) => left.push(event.room));
    server.up = false;
    server.cut();
    room.member(server.self, false);
    server.up = true;
    await pass(1000);
    expect(left).toEqual([room.id]);
    expect(client.rooms.get().size).toBe(0);
  });
});

describe('history', () => {
  it('is read in pages both ways, bounded, without a hole', async () => {
    const { room, client } = await opened(700);
    const handle = client.room(room.id);
    while (!handle.get()?.timeline.atStart) await handle.loadOlder();
    expect(bodies(client, room)).toHaveLength(WINDOW_MAXIMUM);
    expect(bodies(client, room)[0]).toBe('past1');
    expect(handle.get()?.timeline.atEnd).toBe(false);
    const seen = new Set(bodies(client, room));
    while (!handle.get()?.timeline.atEnd) {
      await handle.loadNewer();
      const seqs = (handle.get()?.timeline.messages ?? []).map((message) => message.seq);
      expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => (seqs[0] ?? 0) + index));
      for (const body of bodies(client, room)) seen.add(body);
    }
    expect(seen.size).toBe(700);
  });

  it('is read to its ends though pages are cut because they would be too large', async () => {
    const { room, client } = await opened(150);
    const handle = client.room(room.id);
    room.most = 7;
    while (!handle.get()?.timeline.atStart) await handle.loadOlder();
    expect(bodies(client, room)).toEqual(room.messages.map((row) => row.value.body));
  });

  it('jumps to a place, and asks nothing if it is shown', async () => {
    const { server, room, client } = await opened(400);
    const handle = client.room(room.id);
    const seq = room.messages[99]?.value.seq ?? 0;
    await handle.jumpTo(seq);
    expect(handle.get()?.timeline.messages.map((message) => message.seq)).toContain(seq);
    expect(handle.get()?.timeline).toMatchObject({ atStart: false, atEnd: false, following: false });
    const asked = server.requests.length;
    await handle.jumpTo(seq + 3);
    expect(server.requests).toHaveLength(asked);
    say(server, room, 2);
    await settle();
    expect(handle.get()?.timeline.beyond).toBe(2);
    await handle.toEnd();
    expect(handle.get()?.timeline).toMatchObject({ atEnd: true, beyond: 0, following: true });
    expect(bodies(client, room).at(-1)).toBe('m2');
  });

  it('takes what happened while a page was on its way', async () => {
    const { server, room, client } = await opened(100);
    const handle = client.room(room.id);
    let release = (): void => undefined;
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    const loading = handle.loadOlder();
    await settle();
    server.publish(room.edit(room.messages[10]?.value.id ?? '', 'edited meanwhile'));
    await settle();
    release();
    await loading;
    expect(bodies(client, room)[10]).toBe('edited meanwhile');
  });

  it('of a room that is just opened has what came meanwhile', async () => {
    const server = new FakeServer();
    const room = server.addRoom('hall', bo);
    say(server, room, 3, 'past');
    const { client } = await started(server);
    let release = (): void => undefined;
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    const opening = client.room(room.id).open();
    await settle();
    say(server, room, 2);
    await settle();
    release();
    await opening;
    expect(bodies(client, room)).toEqual(['past1', 'past2', 'past3', 'm1', 'm2']);
  });

  it('asks again when the page is older than what is remembered', async () => {
    const server = new FakeServer();
    const room = server.addRoom('hall', bo);
    const { client } = await started(server);
    let release = (): void => undefined;
    server.hold = new Promise((resolve) => {
      release = resolve;
    });
    const opening = client.room(room.id).open();
    await settle();
    say(server, room, 400);
    await settle();
    server.hold = undefined;
    release();
    await opening;
    expect(server.requests.filter((request) => request.includes('/messages'))).toHaveLength(2);
    expect(bodies(client, room)).toEqual(room.messages.slice(-60).map((row) => row.value.body));
  });

  it('is asked for once, however often it is wanted at the same time', async () => {
    const { server, room, client } = await opened(200);
    const handle = client.room(room.id);
    const before = server.requests.length;
    await Promise.all([handle.loadOlder(), handle.loadOlder(), handle.loadOlder()]);
    expect(server.requests.length - before).toBe(1);
    expect(bodies(client, room)).toHaveLength(120);
  });
});

describe('people', () => {
  it('are looked up in one question when an author is not known', async () => {
    const { server, room, client } = await opened();
    for (const name of ['cy', 'di', 'ed']) server.publish(room.say(makeUser(name), 'hi'));
    await pass(100);
    expect(server.requests.filter((request) => request.startsWith('GET /users'))).toEqual([
      'GET /users?ids=usr_cy%2Cusr_di%2Cusr_ed',
    ]);
    expect(client.users.get().get('usr_di')?.display_name).toBe('di');
  });

  it('come with the members, and the count stays right', async () => {
    const { server, room, client } = await opened();
    const handle = client.room(room.id);
    await handle.loadMembers();
    expect([...(handle.get()?.members.keys() ?? [])].sort()).toEqual(['usr_ada', 'usr_bo']);
    server.publish(room.member(makeUser('cy'), true));
    server.publish(room.member(bo, false));
    await settle();
    expect(handle.get()?.room.member_count).toBe(2);
    expect(handle.get()?.members.get('usr_bo')?.active).toBe(false);
    expect(client.users.get().has('usr_cy')).toBe(true);
  });

  it('that came unseen are counted by asking', async () => {
    const { server, room, client } = await opened();
    server.up = false;
    server.cut();
    await settle();
    room.member(makeUser('cy'), true);
    room.member(makeUser('di'), true);
    room.member(bo, false);
    server.up = true;
    await pass(1000);
    expect(client.room(room.id).get()?.room.member_count).toBe(3);
  });

  it('that came in a gap are counted by asking', async () => {
    const { server, room, client } = await opened();
    server.lose = 2;
    server.publish(room.member(makeUser('cy'), true));
    server.publish(room.member(makeUser('di'), true));
    say(server, room, 1);
    await settle();
    expect(client.room(room.id).get()?.room.member_count).toBe(4);
  });

  it('that one may not see are not asked for again and again', async () => {
    const { server, room, client } = await opened();
    server.override = (_method, path) => (path === '/users' ? Response.json({ users: [] }) : undefined);
    for (let index = 0; index < 3; index += 1) {
      server.publish(room.say(makeUser('cy'), 'hi'));
      await pass(100);
    }
    expect(server.requests.filter((request) => request.startsWith('GET /users'))).toHaveLength(1);
    expect(client.users.get().has('usr_cy')).toBe(false);
  });

  it("keep one's own role up to date", async () => {
    const { server, room, client } = await opened();
    server.publish(room.member(server.self, true, 'moderator'));
    server.publish(room.rename('other'));
    await settle();
    expect(client.room(room.id).get()?.room).toMatchObject({ role: 'moderator', name: 'other' });
  });
});

describe('leaving elsewhere', () => {
  it('takes the room away, by the event or by what was missed, and coming back brings it', async () => {
    const { server, room, client } = await opened();
    const left: string[] = [];
    client.on('room.left', (event) => left.push(event.room));
    server.publish(room.member(server.self, false));
    await settle();
    expect(client.rooms.get().size).toBe(0);
    for (const socket of server.sockets) socket.deliver({ type: 'room.left', room: room.id });
    server.publish(room.member(server.self, true));
    for (const socket of server.sockets) {
      socket.deliver({ type: 'room.joined', data: room.room(server.self.id) });
    }
    await settle();
    expect(client.room(room.id).get()?.seq).toBe(room.head);
    server.lose = 1;
    server.publish(room.member(server.self, false));
    server.publish(room.rename('other'));
    await settle();
    expect(client.rooms.get().size).toBe(0);
    expect(left).toEqual([room.id, room.id]);
  });
});

describe('presence', () => {
  it('is watched for one room, and again after a cut', async () => {
    const { server, room, client } = await opened();
    server.presence = { online: ['usr_ada'], offline: [] };
    client.watchPresence(room.id);
    await settle();
    for (const socket of server.sockets) {
      socket.deliver({ type: 'presence.changed', room: room.id, data: { online: ['usr_bo'], offline: [] } });
      socket.deliver({
        type: 'presence.changed',
        room: 'rm_other',
        data: { online: ['usr_cy'], offline: [] },
      });
      socket.deliver({ type: 'presence.changed', room: room.id, data: { online: [], offline: ['usr_ada'] } });
    }
    await settle();
    expect([...(client.presence.get()?.online ?? [])]).toEqual(['usr_bo']);
    server.cut();
    await settle();
    expect(client.presence.get(), 'not known while there is no connection').toBeNull();
    await pass(1000);
    expect([...(client.presence.get()?.online ?? [])]).toEqual(['usr_ada']);
    client.unwatchPresence();
    await settle();
    expect(client.presence.get()).toBeNull();
    expect(server.commands.at(-1)).toMatchObject({ type: 'presence.unwatch', data: { room: room.id } });
  });
});

describe('a view', () => {
  it('is told once for a change of its room, and not for others', async () => {
    const { server, room, client } = await opened();
    const other = server.addRoom('attic');
    server.cut();
    await pass(1000);
    let told = 0;
    client.room(room.id).subscribe(() => {
      told += 1;
    });
    told = 0;
    say(server, other, 3);
    await settle();
    expect(told).toBe(0);
    say(server, room, 1);
    await settle();
    expect(told).toBe(1);
    expect(rowsOf(client.room(room.id).get() as never)).toHaveLength(1);
  });
});

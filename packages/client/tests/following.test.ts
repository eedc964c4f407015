import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  apply,
  closed,
  gapOf,
  type HeadNews,
  initialRoom,
  opened,
  type ParlorClient,
  type RoomState,
  withHead,
} from '../src/index.ts';
import { FakeRoom, makeUser } from './support/fake-room.ts';
import { FakeServer } from './support/fake-server.ts';
import { seeded } from './support/random.ts';
import { pass, settle, started } from './support/start.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const bo = makeUser('bo');

/** What lets go of a room. */
const releases = new Map<string, () => void>();

/** Holds a room, and waits until it has come to the present. */
async function hold(client: ParlorClient, room: FakeRoom): Promise<void> {
  const handle = client.room(room.id);
  releases.set(room.id, handle.hold());
  await handle.present();
}

function release(room: FakeRoom): void {
  releases.get(room.id)?.();
}

interface Scene {
  server: FakeServer;
  hall: FakeRoom;
  attic: FakeRoom;
  client: ParlorClient;
  heads: HeadNews[];
  heard: string[];
}

async function scene(): Promise<Scene> {
  const server = new FakeServer();
  const [hall, attic] = [server.addRoom('hall', bo), server.addRoom('attic', bo)];
  const { client } = await started(server, { follow: 'opened' });
  const [heads, heard]: [HeadNews[], string[]] = [[], []];
  client.on('head', (news) => heads.push(news));
  client.on('message', ({ message }) => heard.push(message.body));
  return { server, hall, attic, client, heads, heard };
}

function say(server: FakeServer, room: FakeRoom, count: number, prefix = 'm', author = bo): void {
  for (let index = 1; index <= count; index += 1) server.publish(room.say(author, `${prefix}${index}`));
}

function state(client: ParlorClient, room: FakeRoom): RoomState {
  const found = client.rooms.get().get(room.id);
  if (!found) throw new Error('There is no such room.');
  return found;
}

const commands = (server: FakeServer, type: string) =>
  server.commands.filter((command) => command.type === type).map((command) => command.data);
const factsAsked = (server: FakeServer) =>
  server.requests.filter((request) => /\/rooms\/[^/]+$/.test(request));
const changesAsked = (server: FakeServer) =>
  server.requests.filter((request) => request.includes('/changes'));

describe('a room that is not open', () => {
  it('costs a head, which tells how many messages of others are new', async () => {
    const { server, hall, client, heads, heard } = await scene();
    const { seq } = state(client, hall);
    say(server, hall, 3);
    server.publish(hall.rename('Hall'));
    server.tellHeads();
    await settle();
    expect(heard).toEqual([]);
    expect(heads).toEqual([
      { room: hall.id, head: seq + 4, messages: 3, newest: seq + 3, by: bo.id, others: 1 },
    ]);
    expect(state(client, hall)).toMatchObject({
      open: false,
      seq,
      head: seq + 4,
      newest: seq + 3,
      unseen: 3,
    });
    await pass(60_000);
    expect(changesAsked(server)).toEqual([]);
  });

  it('tells of removals and edits as other changes, of which messages are none', async () => {
    const { server, hall, heads } = await scene();
    say(server, hall, 2);
    server.tellHeads();
    const [one, two] = hall.messages.map((row) => row.value.id);
    server.publish(hall.remove(one ?? ''));
    server.publish(hall.edit(two ?? '', 'changed'));
    server.tellHeads();
    await settle();
    expect(heads.map(({ messages, others }) => [messages, others])).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  it('is read by who answers elsewhere', async () => {
    const { server, hall, client } = await scene();
    say(server, hall, 2);
    server.tellHeads();
    say(server, hall, 1, 'mine', server.self);
    server.tellHeads();
    await settle();
    expect(state(client, hall).unseen).toBe(0);
    say(server, hall, 1);
    server.tellHeads();
    await settle();
    expect(state(client, hall).unseen).toBe(1);
  });

  it('can be sent to, and keeps no row on its way', async () => {
    const { server, hall, client } = await scene();
    client.room(hall.id).send('hello');
    await settle();
    expect(hall.messages.map((row) => row.value.body)).toEqual(['hello']);
    await pass(5_000);
    expect(state(client, hall)).toMatchObject({ pending: [], open: false });
    expect(changesAsked(server)).toEqual([]);
  });
});

describe('the facts of a room that is not open', () => {
  it('are read anew, once in a while, if something but messages came', async () => {
    const { server, hall, client } = await scene();
    for (const name of ['Salon', 'Parlour']) {
      say(server, hall, 2);
      server.publish(hall.rename(name));
      server.tellHeads();
      await pass(1_000);
    }
    expect(state(client, hall).room.name).not.toBe('Parlour');
    await pass(20_000);
    expect(state(client, hall)).toMatchObject({ open: false, unseen: 4, room: { name: 'Parlour' } });
    expect(factsAsked(server)).toHaveLength(1);
  });

  it('are not asked for if there were but messages, or the room was opened meanwhile', async () => {
    const { server, hall, attic, client } = await scene();
    say(server, attic, 3);
    server.publish(hall.rename('Salon'));
    server.tellHeads();
    await settle();
    await hold(client, hall);
    await pass(60_000);
    expect(state(client, hall).room.name).toBe('Salon');
    expect(factsAsked(server)).toEqual([]);
  });
});

describe('holding a room', () => {
  it('keeps it open until the last holder lets go, each of whom counts once', async () => {
    const { server, hall, client } = await scene();
    const handle = client.room(hall.id);
    const [one, other] = [handle.hold(), handle.hold()];
    one();
    one();
    await settle();
    expect([state(client, hall).open, commands(server, 'room.close').length]).toEqual([true, 0]);
    other();
    await settle();
    expect([state(client, hall).open, commands(server, 'room.close').length]).toEqual([false, 1]);
  });

  it('ends with the person, so that a late release closes nothing of the next one', async () => {
    const { server, hall, client } = await scene();
    const late = client.room(hall.id).hold();
    await client.signOut();
    client.connect();
    await settle();
    expect(state(client, hall).open).toBe(false);
    await hold(client, hall);
    late();
    await settle();
    expect([state(client, hall).open, commands(server, 'room.close').length]).toEqual([true, 0]);
  });

  it('loses nothing of what was known if it fails', async () => {
    const { server, hall, client } = await scene();
    say(server, hall, 3);
    server.tellHeads();
    await settle();
    const before = state(client, hall);
    server.refusedOpenings = [{ code: 'not_found', message: 'No.' }];
    await hold(client, hall);
    expect(state(client, hall)).toEqual(before);
  });
});

describe('opening a room', () => {
  it('brings what was missed, then what happens, without a gap or a question', async () => {
    const { server, hall, client, heard } = await scene();
    server.pageSize = 2;
    say(server, hall, 5, 'missed');
    server.tellHeads();
    await settle();
    const { seq } = state(client, hall);
    const opening = hold(client, hall);
    say(server, hall, 1, 'live');
    await opening;
    await settle();
    expect(commands(server, 'room.open')).toEqual([{ room: hall.id, seq, epoch: 1 }]);
    expect(heard).toEqual(['missed1', 'missed2', 'missed3', 'missed4', 'missed5', 'live1']);
    expect(state(client, hall)).toMatchObject({ open: true, seq: hall.head, unseen: 0, held: [] });
    await pass(5_000);
    expect(changesAsked(server)).toEqual([]);
  });

  it('is what reading its timeline does', async () => {
    const { server, hall, attic, client } = await scene();
    await hold(client, hall);
    await client.room(hall.id).open();
    say(server, hall, 1);
    say(server, attic, 1);
    await settle();
    expect(state(client, hall).timeline.messages.map((message) => message.body)).toEqual(['m1']);
    expect(state(client, attic)).toMatchObject({ open: false, newest: 0 });
  });

  it('resolves only when the state is that of the present', async () => {
    const { server, hall, client } = await scene();
    server.pagesAfter = 100;
    say(server, hall, 300, 'missed');
    const seqs: number[] = [];
    void hold(client, hall).then(() => seqs.push(state(client, hall).seq));
    await pass(99);
    expect(seqs).toEqual([]);
    await pass(1);
    expect(seqs).toEqual([hall.head]);
  });

  it('again lets a loaded timeline wait for what was missed', async () => {
    const { server, hall, client } = await scene();
    await hold(client, hall);
    await client.room(hall.id).open();
    release(hall);
    say(server, hall, 2, 'missed');
    [server.pagesAfter, server.farthest] = [100, 1];
    void hold(client, hall);
    let isOpen = false;
    void client
      .room(hall.id)
      .open()
      .then(() => (isOpen = true));
    await pass(99);
    expect(isOpen).toBe(false);
    await pass(1);
    expect(isOpen).toBe(true);
    expect(state(client, hall).timeline.messages.map((message) => message.body)).toEqual([
      'missed1',
      'missed2',
    ]);
  });

  it('again goes on from where it was closed', async () => {
    const { server, hall, client, heard } = await scene();
    await hold(client, hall);
    await client.room(hall.id).open();
    say(server, hall, 2, 'first');
    await settle();
    release(hall);
    await settle();
    const { seq } = state(client, hall);
    say(server, hall, 2, 'second');
    server.tellHeads();
    await settle();
    expect(heard).toEqual(['first1', 'first2']);
    expect(state(client, hall)).toMatchObject({ seq, unseen: 2 });
    await hold(client, hall);
    expect(commands(server, 'room.open').at(-1)).toEqual({ room: hall.id, seq, epoch: 1 });
    expect(heard).toEqual(['first1', 'first2', 'second1', 'second2']);
    expect(state(client, hall).timeline.messages).toEqual(hall.history({ limit: 60 }).messages);
  });

  it('too far behind begins the timeline anew', async () => {
    const { server, hall, client, heads } = await scene();
    await hold(client, hall);
    await client.room(hall.id).open();
    release(hall);
    server.farthest = 3;
    say(server, hall, 9);
    server.tellHeads();
    await settle();
    await hold(client, hall);
    await settle();
    expect(state(client, hall).timeline.messages).toEqual(hall.history({ limit: 60 }).messages);
    expect(state(client, hall)).toMatchObject({ seq: hall.head, open: true });
    // How many messages were passed over is not known.
    expect(heads.at(-1)).toEqual({ room: hall.id, head: hall.head, messages: null });
  });

  it('is tried again when the server is busy, and given up when it refuses', async () => {
    const { server, hall, attic, client } = await scene();
    server.refusedOpenings = [{ code: 'busy', message: 'Later.', retry_after: 3 }];
    await hold(client, hall);
    expect(state(client, hall).open).toBe(false);
    await pass(2_900);
    expect(state(client, hall).open).toBe(false);
    await pass(1_000);
    expect(state(client, hall).open).toBe(true);
    server.refusedOpenings = [{ code: 'not_found', message: 'No.' }];
    await hold(client, attic);
    await pass(60_000);
    expect(state(client, attic).open).toBe(false);
    expect(commands(server, 'room.open')).toHaveLength(3);
  });

  it('asks for what is missing if its pages never come', async () => {
    const { server, hall, client } = await scene();
    say(server, hall, 2);
    vi.spyOn(hall, 'changes').mockReturnValueOnce({
      from: 0,
      to: hall.head,
      data: { messages: [], members: [], users: [] },
    });
    // A page that covers nothing: it ends before it begins.
    vi.mocked(hall.changes).mockReturnValueOnce({
      from: hall.head,
      to: hall.head,
      data: { messages: [], members: [], users: [] },
    });
    const socket = [...server.sockets][0];
    if (socket) vi.spyOn(socket, 'deliver').mockImplementationOnce(() => undefined);
    void hold(client, hall);
    await pass(60_000);
    expect(state(client, hall).seq).toBe(hall.head);
  });
});

describe('after a cut', () => {
  it('open rooms go on, and the others tell that they moved', async () => {
    const { server, hall, attic, client, heads, heard } = await scene();
    await hold(client, hall);
    await client.room(hall.id).open();
    const { seq } = state(client, hall);
    server.up = false;
    server.cut();
    await settle();
    say(server, hall, 2, 'hall');
    say(server, attic, 2, 'attic');
    server.up = true;
    await pass(1_000);
    expect(commands(server, 'hello').at(-1)).toMatchObject({
      follow: 'opened',
      resume: [{ room: hall.id, seq, epoch: 1 }],
    });
    expect(heard).toEqual(['hall1', 'hall2']);
    expect(heads).toEqual([{ room: attic.id, head: attic.head, messages: null }]);
    expect(state(client, attic).open).toBe(false);
    expect(commands(server, 'room.open')).toHaveLength(1);
    await hold(client, attic);
    expect(heard).toEqual(['hall1', 'hall2', 'attic1', 'attic2']);
  });

  it('what was opened and closed meanwhile is so', async () => {
    const { server, hall, attic, client } = await scene();
    await hold(client, hall);
    server.cut();
    await settle();
    release(hall);
    await hold(client, attic);
    await pass(1_000);
    expect([...([...server.sockets][0]?.open ?? [])]).toEqual([attic.id]);
    expect([state(client, hall).open, state(client, attic).open]).toEqual([false, true]);
  });

  it('a room that one comes into is opened if it shall be', async () => {
    const { server, client } = await scene();
    const cellar = new FakeRoom('cellar');
    server.rooms.set(cellar.id, cellar);
    await hold(client, cellar);
    server.publish(cellar.member(server.self, true));
    for (const socket of server.sockets)
      socket.deliver({ type: 'room.joined', data: cellar.room(server.self.id) });
    await settle();
    say(server, cellar, 1);
    await settle();
    expect(state(client, cellar)).toMatchObject({ open: true, seq: cellar.head });
  });
});

describe('a server that knows only all rooms', () => {
  it('is followed as before', async () => {
    const server = new FakeServer();
    server.follows = false;
    const hall = server.addRoom('hall', bo);
    const { client } = await started(server, { follow: 'opened' });
    say(server, hall, 1);
    await settle();
    expect(state(client, hall)).toMatchObject({ open: true, seq: hall.head });
    await hold(client, hall);
    release(hall);
    say(server, hall, 1);
    await settle();
    expect(state(client, hall).seq).toBe(hall.head);
    expect(commands(server, 'room.open')).toEqual([]);
    server.cut();
    await pass(1_000);
    expect(commands(server, 'hello').at(-1)?.resume).toHaveLength(1);
  });

  it('may take the place of another, and the other way round', async () => {
    const { server, hall, attic, client, heard } = await scene();
    await hold(client, hall);
    server.follows = false;
    server.up = false;
    server.cut();
    await settle();
    say(server, hall, 1, 'hall');
    say(server, attic, 1, 'attic');
    server.up = true;
    await pass(1_000);
    expect(heard.sort()).toEqual(['attic1', 'hall1']);
    server.follows = true;
    server.cut();
    await pass(1_000);
    expect([...([...server.sockets][0]?.open ?? [])]).toEqual([hall.id]);
    expect([state(client, hall).open, state(client, attic).open]).toEqual([true, false]);
  });
});

describe('a client that follows all', () => {
  it('asks for nothing', async () => {
    const server = new FakeServer();
    const hall = server.addRoom('hall', bo);
    const { client } = await started(server);
    await hold(client, hall);
    await client.room(hall.id).open();
    release(hall);
    say(server, hall, 1);
    await settle();
    expect(state(client, hall)).toMatchObject({ open: true, seq: hall.head });
    expect(server.commands.map((command) => command.type)).toEqual(['hello']);
    expect(server.commands[0]?.data.follow).toBeUndefined();
  });
});

describe('state before + events = state after', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('however often it is opened (seed %i)', (seed) => {
    const random = seeded(seed);
    const room = new FakeRoom('hall');
    room.member(bo, true);
    let [watched, always] = [initialRoom(room.room(bo.id), bo.id), initialRoom(room.room(bo.id), bo.id)];
    for (let step = 0; step < 60; step += 1) {
      if (random.below(4) === 0) {
        watched = watched.open ? closed(watched) : opened(watched);
        if (watched.open) {
          expect(gapOf(watched)).toBeNull();
          const page = room.changes(watched.seq, 1_000);
          watched = apply(watched, { type: 'room.changes', room: room.id, ...page });
        }
      }
      const frame = room.say(makeUser('cy'), `m${step}`);
      always = apply(always, frame);
      const head = { room: room.id, head: room.head, messages: 1, newest: room.head, by: 'usr_cy' };
      // A head that comes late or twice changes nothing.
      watched = watched.open
        ? apply(withHead(watched, head), frame)
        : withHead(withHead(watched, head), head);
      expect(watched.newest).toBe(always.newest);
      expect(watched.unseen).toBe(watched.open ? 0 : room.head - watched.seq);
    }
    watched = opened(closed(watched));
    watched = apply(watched, { type: 'room.changes', room: room.id, ...room.changes(watched.seq, 1_000) });
    expect({ ...watched, recent: null }).toEqual({ ...always, recent: null });
  });
});

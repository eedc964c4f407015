import { describe, expect, it } from 'vitest';
import {
  apply,
  gapOf,
  initialRoom,
  isMuted,
  type Muted,
  type PlacedFrame,
  type RoomFrame,
  type RoomState,
  rowsOf,
  withRoom,
} from '../src/index.ts';
import { HELD_MAXIMUM } from '../src/room-state.ts';
import { WINDOW_MAXIMUM, withNewest, withSurroundings } from '../src/timeline.ts';
import { FakeRoom, makeUser } from './support/fake-room.ts';
import { type Random, seeded } from './support/random.ts';

const people = ['ada', 'bo', 'cy', 'di'].map((name) => makeUser(name));
const [ada] = people as [(typeof people)[0]];

/** Does something in the room, of any kind. */
function step(room: FakeRoom, random: Random): PlacedFrame {
  const user = random.pick(people);
  const message = room.messages.length > 0 ? random.pick(room.messages).value : null;
  switch (random.below(8)) {
    case 0:
      return message && !message.deleted_at
        ? room.edit(message.id, `edit ${room.head}`)
        : room.rename(`n${room.head}`);
    case 1:
      return message && !message.deleted_at ? room.remove(message.id) : room.rename(`n${room.head}`);
    case 2:
      // Who is not in it can only come; who is in it may change or leave.
      return room.member(
        user,
        !room.members.get(user.id)?.value.active || random.below(2) === 0,
        random.pick(['member', 'moderator']),
        random.pick<() => Muted | undefined>([
          () => undefined,
          () => ({ since: new Date(room.head).toISOString() }),
          () => ({
            since: new Date(room.head).toISOString(),
            until: new Date(room.head * 1000).toISOString(),
          }),
        ])(),
      );
    case 3:
      return room.rename(`name ${room.head}`);
    default:
      return room.say(user, `text ${room.head}`, random.below(2) === 0 ? `nonce-${room.head}` : undefined);
  }
}

/** A room with some past, and the state of somebody who has read its newest page and its members. */
function begin(random: Random, past: number): { room: FakeRoom; state: RoomState } {
  const room = new FakeRoom('hall');
  for (const user of people) room.member(user, true);
  for (let index = 0; index < past; index += 1) step(room, random);
  return { room, state: loaded(room, room.history({ limit: 60 }).messages.length) };
}

function loaded(room: FakeRoom, shown: number): RoomState {
  const state = initialRoom(room.room(ada.id), ada.id);
  const page = room.history({ limit: 60 }).messages.slice(-shown);
  return {
    ...state,
    newest: page.at(-1)?.seq ?? 0,
    timeline: withNewest(state.timeline, page, 60),
    members: new Map([...room.members].map(([id, row]) => [id, row.value])),
    membersComplete: true,
  };
}

/** What a view sees; `recent` and the count's position are memory for later and may differ. */
function visible(state: RoomState): unknown {
  const { recent: _recent, countAt: _countAt, timeline, room, ...rest } = state;
  const { head: _head, ...shown } = room;
  return {
    ...rest,
    room: shown,
    timeline,
    members: [...state.members].sort(([one], [other]) => one.localeCompare(other)),
  };
}

describe('state before + events = state after', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'for any split into events and pages (seed %i)',
    (seed) => {
      const random = seeded(seed + 1);
      const { room, state } = begin(random, random.below(100));
      const following = random.below(2) === 0;
      const start = { ...state, timeline: { ...state.timeline, following } };
      const long = seed % 5 === 0 ? 700 : 80;
      let [live, split] = [start, start];
      let behind = false;
      for (let index = 0; index < long; index += 1) {
        const frame = step(room, random);
        live = apply(live, frame);
        // The other one misses stretches, and gets them as pages of any size while more happens.
        if (!behind && random.below(10) > 0) split = apply(split, frame);
        else behind = true;
        if (behind && random.below(6) === 0)
          split = apply(split, asFrame(room, split.seq, 1 + random.below(20)));
        behind = split.seq < room.head;
      }
      while (split.seq < room.head) split = apply(split, asFrame(room, split.seq, 1 + random.below(20)));
      expect(split.seq).toBe(room.head);
      expect(visible(split)).toEqual(visible(live));
      expect(live.timeline.messages.map((message) => message.seq)).toEqual(
        [...live.timeline.messages.map((message) => message.seq)].sort((one, other) => one - other),
      );
    },
  );

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'however often and late frames come (seed %i)',
    (seed) => {
      const random = seeded(seed + 1000);
      const { room, state } = begin(random, 30);
      const frames = Array.from({ length: 60 }, () => step(room, random));
      const inOrder = frames.reduce(apply, state);
      // Each frame comes one to three times, up to ten places late.
      const shuffled = frames
        .flatMap((frame, index) =>
          Array.from({ length: 1 + random.below(3) }, () => ({ frame, at: index + random.below(10) })),
        )
        .sort((one, other) => one.at - other.at);
      const late = shuffled.reduce((state, { frame }) => apply(state, frame), state);
      expect(visible(late)).toEqual(visible(inOrder));
    },
  );

  it('equals what the server would show to somebody new', () => {
    const random = seeded(7);
    const { room, state } = begin(random, 0);
    const after = Array.from({ length: 50 }, () => step(room, random)).reduce(apply, state);
    const fresh = loaded(room, 60);
    expect(after.timeline.messages).toEqual(fresh.timeline.messages);
    expect(after.room.member_count).toBe(room.room().member_count);
    expect(after.room.name).toBe(room.room().name);
  });

  function asFrame(room: FakeRoom, from: number, limit: number): RoomFrame {
    return { type: 'room.changes', room: room.id, ...room.changes(from, limit) };
  }
});

describe('positions', () => {
  function quiet(): { room: FakeRoom; state: RoomState } {
    const room = new FakeRoom('hall');
    room.member(ada, true);
    return { room, state: loaded(room, 0) };
  }

  it('drops what is known', () => {
    const { room, state } = quiet();
    const frame = room.say(ada, 'one');
    const after = apply(state, frame);
    expect(apply(after, frame)).toBe(after);
  });

  it('holds what is beyond a gap, and names the gap', () => {
    const { room, state } = quiet();
    const [first, second, third] = [room.say(ada, '1'), room.say(ada, '2'), room.say(ada, '3')];
    const held = apply(apply(state, third), second);
    expect(held.timeline.messages).toEqual([]);
    expect(gapOf(held)).toBe(state.seq);
    const after = apply(held, first);
    expect(gapOf(after)).toBeNull();
    expect(after.timeline.messages.map((message) => message.body)).toEqual(['1', '2', '3']);
    expect(after.held).toEqual([]);
  });

  it('holds a bounded number, and still knows that more is missing', () => {
    const { room, state } = quiet();
    room.say(ada, 'missed');
    let held = state;
    for (let index = 0; index < HELD_MAXIMUM + 50; index += 1) held = apply(held, room.say(ada, `${index}`));
    expect(held.held).toHaveLength(HELD_MAXIMUM);
    const repaired = apply(held, { type: 'room.changes', room: room.id, ...room.changes(state.seq, 1) });
    expect(repaired.seq).toBe(state.seq + 1 + HELD_MAXIMUM);
    expect(gapOf(repaired)).toBe(repaired.seq);
  });

  it('takes a page that overlaps with what is known', () => {
    const { room, state } = quiet();
    const known = apply(state, room.say(ada, '1'));
    room.say(ada, '2');
    const after = apply(known, { type: 'room.changes', room: room.id, ...room.changes(state.seq) });
    expect(after.timeline.messages.map((message) => message.body)).toEqual(['1', '2']);
  });

  it('is not taken back by held frames that a page has passed', () => {
    const { room, state } = quiet();
    room.say(ada, '1');
    const held = apply(state, room.say(ada, '2'));
    room.say(ada, '3');
    const after = apply(held, { type: 'room.changes', room: room.id, ...room.changes(state.seq) });
    expect(after).toMatchObject({ seq: room.head, held: [] });
  });

  it('lets go of a sent message whose place was passed', () => {
    const { room, state } = quiet();
    const sent = { nonce: 'k7', room: room.id, body: 'hi', createdAt: 1, state: 'sent' as const };
    const pending = [
      { ...sent, seq: room.head + 1 },
      { ...sent, nonce: 'k8', seq: room.head + 2 },
    ];
    const after = apply({ ...state, pending }, room.rename('other'));
    expect(after.pending.map((one) => one.nonce)).toEqual(['k8']);
  });

  it('counts nobody twice whom an answer had counted already', () => {
    const { room, state } = quiet();
    const joined = room.member(makeUser('bo'), true);
    const told = withRoom(state, room.room(ada.id));
    expect(told.room.member_count).toBe(2);
    expect(apply(told, joined).room.member_count).toBe(2);
    expect(apply(apply(told, joined), room.member(makeUser('cy'), true)).room.member_count).toBe(3);
    // An answer from before the position says nothing.
    const late = room.room(ada.id);
    expect(withRoom({ ...state, seq: late.head + 1 }, late).room).toBe(state.room);
  });

  it("keeps one's own place in the room up to date", () => {
    const { room, state } = quiet();
    const muted = { since: '2026-01-01T00:00:00.000Z', until: '2026-01-01T01:00:00.000Z' };
    const silenced = apply(state, room.member(ada, true, 'member', muted));
    expect(silenced.room.muted).toEqual(muted);
    const renamed = apply(silenced, room.rename('other'));
    expect(renamed.room).toMatchObject({ name: 'other', role: 'member', muted });
    const others = apply(renamed, room.member(makeUser('bo'), true));
    expect(others.room.muted).toEqual(muted);
    const told = withRoom(others, { ...room.room(ada.id), muted: { ...muted, reason: 'shouting' } });
    expect(told.room.muted?.reason).toBe('shouting');
    const same = apply(told, room.member({ ...ada, display_name: 'Ada L.' }, true, 'member', muted));
    expect(same.room.muted?.reason).toBe('shouting');
    const another = { ...muted, since: '2026-01-01T00:30:00.000Z' };
    const replaced = apply(same, room.member(ada, true, 'member', another));
    expect(replaced.room.muted).toEqual(another);
    const over = apply(replaced, room.member(ada, true));
    expect(over.room.muted).toBeUndefined();
    expect(withRoom(replaced, room.room(ada.id)).room.muted).toBeUndefined();
  });

  it('knows when a mute is over', () => {
    const at = Date.parse('2026-01-01T01:00:00.000Z');
    const open = { since: new Date(0).toISOString() };
    const muted = { ...open, until: new Date(at).toISOString() };
    expect([isMuted(muted, at - 1), isMuted(muted, at), isMuted(open, at), isMuted(undefined, at)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('a position keeps the epoch in which it was learned until something comes after it', () => {
    const room = new FakeRoom('hall');
    const user = makeUser('ada');
    room.member(user, true);
    const known = initialRoom(room.room(), user.id);
    // A server that starts anew tells its epoch; whether it has what is known here is not told yet.
    const met = withRoom(known, { ...room.room(), epoch: 2 });
    expect(met).toMatchObject({ epoch: 1, seq: known.seq });
    const { epoch } = apply(met, room.say(user, 'new'));
    expect(epoch).toBe(2);
  });

  it('begins anew after a reset', () => {
    const { room, state } = quiet();
    const shown = apply(state, room.say(ada, '1'));
    const after = apply(shown, { type: 'room.reset', room: room.id, data: { head: 900, epoch: 2 } });
    expect(after).toMatchObject({ seq: 900, epoch: 2, head: 900, newest: 0, membersComplete: false });
    expect(after.timeline).toMatchObject({ stale: true, atEnd: false });
    expect(gapOf(after)).toBeNull();
  });
});

describe('the window', () => {
  function full(following: boolean): { room: FakeRoom; state: RoomState } {
    const room = new FakeRoom('hall');
    room.member(ada, true);
    let state = loaded(room, 0);
    state = { ...state, timeline: { ...state.timeline, following } };
    for (let index = 0; index < WINDOW_MAXIMUM; index += 1) state = apply(state, room.say(ada, `${index}`));
    return { room, state };
  }

  it('lets the oldest go while the reader follows', () => {
    const { room, state } = full(true);
    expect(state.timeline).toMatchObject({ atStart: true, atEnd: true });
    const after = apply(state, room.say(ada, 'newest'));
    expect(after.timeline.messages).toHaveLength(WINDOW_MAXIMUM);
    expect(after.timeline.messages[0]?.body).toBe('1');
    expect(after.timeline.messages.at(-1)?.body).toBe('newest');
    expect(after.timeline).toMatchObject({ atStart: false, atEnd: true, beyond: 0 });
  });

  it('takes nothing away from a reader further up, and counts what is beyond', () => {
    const { room, state } = full(false);
    const after = apply(apply(state, room.say(ada, 'a')), room.say(ada, 'b'));
    expect(after.timeline.messages).toEqual(state.timeline.messages);
    expect(after.timeline).toMatchObject({ atStart: true, atEnd: false, beyond: 2 });
    expect(after.newest).toBe(room.head);
  });

  it('counts what is beyond no more once it is removed', () => {
    const { room, state } = full(false);
    const two = apply(apply(state, room.say(ada, 'a')), room.say(ada, 'b'));
    const id = room.messages.at(-1)?.value.id ?? '';
    const one = apply(two, room.remove(id));
    expect([two.timeline.beyond, one.timeline.beyond, one.timeline.beyondAt.length]).toEqual([2, 1, 1]);
    // Removed before one heard of it, as in a page of what was missed, it never counts.
    room.say(ada, 'c');
    const [from, last] = [one.seq, room.messages.at(-1)?.value.id ?? ''];
    room.remove(last);
    const page = { type: 'room.changes', room: room.id, ...room.changes(from, 200) } as const;
    expect(apply(one, page).timeline.beyond).toBe(1);
  });

  it('does not count edits of old messages as new ones', () => {
    const { room, state } = full(false);
    const old = room.messages[100]?.value;
    const middle = {
      ...state,
      timeline: withSurroundings(state.timeline.messages.slice(0, 60), 60, state.seq),
    };
    expect(apply(middle, room.edit(old?.id ?? '', 'changed')).timeline.beyond).toBe(0);
    expect(apply(middle, room.edit(old?.id ?? '', 'changed')).timeline.messages).toHaveLength(60);
  });

  it('replaces arrays, and leaves the former state as it was', () => {
    const { room, state } = full(true);
    const former = [...state.timeline.messages];
    const after = apply(state, room.edit(former[5]?.id ?? '', 'changed'));
    expect(after.timeline.messages).not.toBe(state.timeline.messages);
    expect(state.timeline.messages).toEqual(former);
  });
});

describe('rows', () => {
  it('keep their key when a message on its way becomes a message, and are never twice there', () => {
    const room = new FakeRoom('hall');
    room.member(ada, true);
    const pending = { nonce: 'k7', room: room.id, body: 'hi', createdAt: 1, state: 'sending' as const };
    const before = { ...loaded(room, 0), pending: [pending] };
    const after = apply(before, room.say(ada, 'hi', 'k7'));
    expect(rowsOf(before).map((row) => row.key)).toEqual([`${ada.id}/k7`]);
    expect(rowsOf(after).map((row) => row.key)).toEqual([`${ada.id}/k7`]);
    expect(rowsOf(after)[0]?.message?.body).toBe('hi');
  });

  it("leave one's own message pending when another author used the same nonce", () => {
    const room = new FakeRoom('hall');
    room.member(ada, true);
    const pending = { nonce: 'k7', room: room.id, body: 'hi', createdAt: 1, state: 'sending' as const };
    const after = apply({ ...loaded(room, 0), pending: [pending] }, room.say(makeUser('bo'), 'hi', 'k7'));
    expect(after.pending).toHaveLength(1);
    expect(new Set(rowsOf(after).map((row) => row.key)).size).toBe(2);
  });
});

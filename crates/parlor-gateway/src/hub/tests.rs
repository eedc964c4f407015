//! The hub with a bus that loses, repeats and reorders, over a store that is played. Many seeds, no real time.

mod world;

use std::time::Duration;

use parlor_core::bus::{Bus, MemoryBus};
use parlor_model::SessionId;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use world::{CHANGES, ROOM, World, member, message, user_id};

fn options() -> Options {
    Options { ring_frames: 32, ..Options::default() }
}

/// Plays a bus: every event is lost, told at once, told late, or told more than once.
async fn tell(world: &World, random: &mut StdRng, event: &Arc<RoomEvent>, late: &mut Vec<Arc<RoomEvent>>) {
    match random.random_range(0..10) {
        0 => {}
        1 => (0..3).for_each(|_| world.publish(event)),
        2..5 => late.push(Arc::clone(event)),
        _ => world.publish(event),
    }
    while !late.is_empty() && random.random_range(0..3) == 0 {
        let index = random.random_range(0..late.len());
        world.publish(&late.swap_remove(index));
    }
    if random.random_range(0..8) == 0 {
        tokio::time::sleep(Duration::from_millis(random.random_range(1..200))).await;
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_the_bus_does_everybody_sees_everything_once() {
    for seed in 0..60 {
        let mut random = StdRng::seed_from_u64(seed);
        let world = World::new(options());
        let beside = tokio::spawn(Arc::clone(&world.hub).watch_heads());
        let mut quick = world.reader(1, 0);
        let mut slow = world.reader(2, 0);
        let mut leaver = world.reader(3, 0);
        let leaves_at = random.random_range(1..CHANGES);
        let (mut late, mut joiner) = (Vec::new(), None);
        for seq in 1..=CHANGES {
            let event = world.log.commit(|seq| {
                let (member, user) = member(3, seq, false);
                if seq == leaves_at { Change::MemberLeft(member, user) } else { message(seq) }
            });
            if seq == CHANGES / 2 {
                // The head was read before the events that the hub takes from here on.
                joiner = Some(world.reader(4, seq));
            }
            tell(&world, &mut random, &event, &mut late).await;
            quick.look(&world.log, 100);
            if random.random_range(0..10) == 0 {
                slow.look(&world.log, 5);
            }
            if random.random_range(0..3) == 0 {
                leaver.look(&world.log, 3);
            }
        }
        tokio::time::sleep(Duration::from_mins(1)).await;
        let mut joiner = joiner.unwrap();
        for reader in [&mut quick, &mut slow, &mut joiner] {
            reader.look(&world.log, usize::MAX);
        }
        quick.assert_saw(0, CHANGES, &format!("quick, seed {seed}"));
        slow.assert_saw(0, CHANGES, &format!("slow, seed {seed}"));
        joiner.assert_saw(CHANGES / 2, CHANGES, &format!("joiner, seed {seed}"));
        beside.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn who_leaves_sees_nothing_later_whatever_the_bus_does() {
    let (mut exact, mut repaired) = (0, 0);
    for seed in 0..200 {
        let mut random = StdRng::seed_from_u64(seed);
        // The ring holds everything, so that the store, which the session asks as its actor, has no part in it.
        let world = World::new(Options { ring_frames: 1_000, ..Options::default() });
        let beside = tokio::spawn(Arc::clone(&world.hub).watch_heads());
        let mut leaver = world.reader(3, 0);
        let leaves_at = random.random_range(1..40);
        let mut late = Vec::new();
        for _ in 1..=40 {
            let event = world.log.commit(|seq| {
                let (member, user) = member(3, seq, false);
                if seq == leaves_at { Change::MemberLeft(member, user) } else { message(seq) }
            });
            tell(&world, &mut random, &event, &mut late).await;
            if random.random_range(0..4) == 0 {
                leaver.look(&world.log, 2);
            }
        }
        tokio::time::sleep(Duration::from_mins(1)).await;
        leaver.look(&world.log, usize::MAX);
        assert!(leaver.follow.is_none(), "seed {seed}: it goes on");
        let last = leaver.spans().last().map_or(0, |(_, to)| *to);
        assert!(last <= leaves_at, "seed {seed}: saw {last}, left at {leaves_at}");
        leaver.assert_saw(0, last, &format!("seed {seed}"));
        if last == leaves_at {
            exact += 1;
        } else {
            repaired += 1;
        }
        beside.abort();
    }
    assert!(exact > 20 && repaired > 20, "both ways were gone: {exact}, {repaired}");
}

#[tokio::test(start_paused = true)]
async fn the_newest_change_is_found_although_nothing_follows_it() {
    let world = World::new(options());
    let beside = tokio::spawn(Arc::clone(&world.hub).watch_heads());
    let mut reader = world.reader(1, 0);
    world.log.commit(message);
    tokio::time::sleep(world.hub.options.heads_every * 2).await;
    reader.look(&world.log, 9);
    reader.assert_saw(0, 1, "the bus lost it");
    beside.abort();
}

#[tokio::test(start_paused = true)]
async fn what_happened_before_a_feed_began_is_not_forgotten() {
    let world = World::new(options());
    // The session read the head; then something happened, which nobody followed; then the session follows.
    let event = world.log.commit(message);
    world.publish(&event);
    let mut reader = world.reader(1, 0);
    tokio::time::sleep(Duration::from_secs(1)).await;
    reader.look(&world.log, 9);
    reader.assert_saw(0, 1, "without any further event or comparison");
}

#[tokio::test(start_paused = true)]
async fn fifty_thousand_messages_cost_a_reader_that_never_reads_one_ring() {
    let world = World::new(Options::default());
    let reader = world.reader(1, 0);
    for _ in 0..50_000 {
        let event = world.log.commit(message);
        world.publish(&event);
    }
    let feed = world.hub.feeds().get(&ROOM).map(Arc::clone).unwrap();
    assert_eq!(feed.head(), 50_000);
    assert!(feed.bytes() <= world.hub.options.ring_bytes, "{}", feed.bytes());
    world.turn();
    assert_eq!(world.shard.borrow().moved, 1, "the whole of what waits for the shard");
    let (room, _) = reader.follow.unwrap();
    let local = world.shard.borrow();
    assert_eq!(local.rooms.get(room).head, 50_000);
    assert!(local.rooms.get(room).ring.bytes() <= world.hub.options.ring_bytes);
}

#[tokio::test(start_paused = true)]
async fn joins_reach_every_session_of_the_user_and_nobody_else() {
    let world = World::new(options());
    let (one, two, other) = (world.connect(3), world.connect(3), world.connect(4));
    let event = world.log.commit(|seq| {
        let (member, user) = member(3, seq, true);
        Change::MemberJoined(member, user)
    });
    world.publish(&event);
    for connection in [&one, &two] {
        assert_eq!(world.joined(connection), [(ROOM, 1)]);
    }
    assert!(world.joined(&other).is_empty());
}

#[tokio::test(start_paused = true)]
async fn joins_that_only_the_store_knows_are_told_too() {
    let world = World::new(options());
    let _follower = world.reader(1, 0);
    let joiner = world.connect(3);
    world.log.commit(|seq| {
        let (member, user) = member(3, seq, true);
        Change::MemberJoined(member, user)
    });
    let event = world.log.commit(message);
    world.publish(&event);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.joined(&joiner), [(ROOM, 1)]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_session_ends_its_connections_only() {
    let world = World::new(options());
    let (ended, other) = (world.connect(3), world.connect(4));
    let before = world.hub.endings();
    world.hub.take(Notice::SessionEnded(SessionId::from_bytes([3; 16]))).await;
    world.turn();
    let local = world.shard.borrow();
    let told = local.notes.iter().filter(|(_, note)| matches!(note, Note::End(CloseCode::SessionEnded)));
    assert_eq!(told.map(|(connection, _)| *connection).collect::<Vec<_>>(), [ended.id]);
    assert_ne!(ended.id, other.id);
    assert!(world.hub.endings() > before, "who authenticates just now notices");
}

#[tokio::test(start_paused = true)]
async fn a_gap_too_wide_to_keep_is_left_to_the_readers() {
    let world = World::new(options());
    let mut reader = world.reader(1, 0);
    (0..2_000).for_each(|_| drop(world.log.commit(message)));
    let event = world.log.commit(message);
    world.publish(&event);
    tokio::time::sleep(Duration::from_secs(5)).await;
    world.turn();
    let recheck = world.shard.borrow().everybody.iter().any(|note| matches!(note, Note::Recheck));
    assert!(recheck, "joins in the gap are found by looking");
    let feed = world.hub.feeds().get(&ROOM).map(Arc::clone).unwrap();
    assert_eq!(feed.head(), 2_001);
    reader.look(&world.log, usize::MAX);
    reader.assert_saw(0, 2_001, "from the store");
}

#[tokio::test(start_paused = true)]
async fn others_have_their_turn_while_the_bus_brings_more_and_more() {
    let world = World::new(options());
    let _reader = world.reader(1, 0);
    let bus = MemoryBus::new();
    let listening = tokio::spawn(Arc::clone(&world.hub).listen(bus.subscribe()));
    // Some groups are large, and there are many.
    let groups = [1_000, 1, 1, 1, 1, 1_000].map(|size| {
        let events: Vec<_> = (0..size).map(|_| world.log.commit(message).as_ref().clone()).collect();
        Notice::Rooms(events.into())
    });
    for group in groups {
        bus.publish(group);
    }
    let feed = world.hub.feeds().get(&ROOM).map(Arc::clone).unwrap();
    let mut turns = 0;
    while feed.head() < 2_004 {
        tokio::task::yield_now().await;
        turns += 1;
    }
    assert!(turns >= 2_004 / EVENTS_A_TURN, "{turns} turns for others");
    listening.abort();
}

#[tokio::test(start_paused = true)]
async fn nothing_stays_when_everybody_has_left() {
    let world = World::new(options());
    let (mut one, mut two) = (world.reader(1, 0), world.reader(1, 0));
    assert_eq!(world.hub.presence.online(ROOM), [user_id(1)]);
    one.leave();
    drop(one);
    assert_eq!(world.hub.feeds().len(), 1);
    two.leave();
    drop(two);
    assert!(world.hub.feeds().is_empty());
    assert!(world.hub.presence.online(ROOM).is_empty());
    assert!(world.hub.registry().of_user(user_id(1)).is_empty());
}

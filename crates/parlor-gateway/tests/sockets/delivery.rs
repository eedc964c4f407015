//! Everybody sees everything once and in order: with a bus that loses, with readers that are slow, through cuts.

use std::sync::Arc;

use parlor_bus::MemoryBus;
use parlor_gateway::Options;
use parlor_model::{RoomId, RoomKind};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::world::{LossyBus, Person, World, options};

/// What a client knows of one room.
struct Known {
    room: String,
    last: u64,
    bodies: Vec<String>,
    resets: usize,
}

impl Known {
    fn new(room: RoomId, last: u64) -> Self {
        Self { room: room.to_string(), last, bodies: Vec::new(), resets: 0 }
    }

    /// Takes a frame as a client would, and complains of every hole and every repetition.
    fn take(&mut self, frame: &Value) {
        if frame["room"] != self.room {
            return;
        }
        let mut take = |messages: &[Value]| {
            self.bodies.extend(messages.iter().map(|message| message["body"].as_str().unwrap().to_owned()));
        };
        match frame["type"].as_str().unwrap() {
            "room.changes" => {
                assert_eq!(frame["from"], self.last, "{frame}");
                take(frame["data"]["messages"].as_array().unwrap());
                self.last = frame["to"].as_u64().unwrap();
            }
            "room.reset" => {
                self.last = frame["data"]["head"].as_u64().unwrap();
                self.resets += 1;
            }
            kind => {
                assert_eq!(frame["seq"], self.last + 1, "{frame}");
                if kind == "message.created" {
                    take(std::slice::from_ref(&frame["data"]));
                }
                self.last += 1;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_everything_once_whatever_the_bus_does() {
    for seed in 0..4 {
        let world = World::with(options(), Arc::new(LossyBus::new(seed)), false).await;
        let ada = world.person("ada").await;
        let room = world.room(&ada, "General", RoomKind::Public).await;
        let mut people = vec![ada.clone()];
        for number in 0..4 {
            let person = world.person(&format!("person{number}")).await;
            world.core.join_room(&person.actor, room.id).await.unwrap();
            people.push(person);
        }
        let (begin, count) = (people.len() as u64, 300);
        let talk = async {
            for number in 0..count {
                world.say(&people[number % people.len()], room.id, &format!("{number}")).await;
            }
        };
        let listen = async {
            let mut known: Vec<_> = people.iter().map(|_| Known::new(room.id, begin)).collect();
            let head = begin + count as u64;
            let following = people.iter().zip(&mut known).enumerate().map(|(index, (person, known))| {
                follow(&world, person, known, head, seed * 10 + index as u64)
            });
            futures_util::future::join_all(following).await;
            known
        };
        let ((), known) = tokio::join!(talk, listen);
        let expected: Vec<_> = (0..count).map(|number| number.to_string()).collect();
        for known in known {
            assert_eq!(known.bodies, expected, "seed {seed}");
        }
    }
}

/// Reads everything up to `head`, coming back now and then with the position that it has.
async fn follow(world: &World, person: &Person, known: &mut Known, head: u64, seed: u64) {
    let mut socket = Socket::open(world.address, &[]).await.unwrap();
    socket.hello(&person.token, json!([{"room": known.room, "seq": known.last}])).await;
    let mut random = StdRng::seed_from_u64(seed);
    while known.last < head {
        known.take(&socket.frame().await);
        if random.random_range(0..40) == 0 {
            socket = Socket::open(world.address, &[]).await.unwrap();
            socket.hello(&person.token, json!([{"room": known.room, "seq": known.last}])).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_goes_on_where_it_was() {
    let narrow = Options { ring_frames: 16, ..options() };
    let world = World::with(narrow, Arc::new(MemoryBus::new()), false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let mut slow = world.connect(&eve).await;
    let mut quick = world.connect(&ada).await;
    let (mut slow_known, mut quick_known) = (Known::new(room.id, 2), Known::new(room.id, 2));
    // More than the buffers of two sockets hold, but not so much that the room must be read anew.
    let body = "x".repeat(16_000);
    for number in 0..900 {
        world.say(&ada, room.id, &format!("{number} {body}")).await;
        while quick_known.last < number + 3 {
            quick_known.take(&quick.frame().await);
        }
    }
    while slow_known.last < 902 {
        slow_known.take(&slow.frame().await);
    }
    assert_eq!((slow_known.resets, slow_known.bodies.len()), (0, 900));
    assert_eq!(quick_known.bodies, slow_known.bodies);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_is_too_far_behind_is_told_to_read_anew() {
    let narrow = Options { ring_frames: 16, max_behind: 50, ..options() };
    let world = World::with(narrow, Arc::new(MemoryBus::new()), false).await;
    let (ada, eve) = (world.person("ada").await, world.person("eve").await);
    let room = world.room(&ada, "General", RoomKind::Public).await;
    world.core.join_room(&eve.actor, room.id).await.unwrap();
    let mut slow = world.connect(&eve).await;
    let mut known = Known::new(room.id, 2);
    let body = "x".repeat(16_000);
    for number in 0..900 {
        world.say(&ada, room.id, &format!("{number} {body}")).await;
    }
    while known.last < 902 {
        known.take(&slow.frame().await);
    }
    assert!(known.resets > 0, "it got {} bodies", known.bodies.len());
    world.say(&ada, room.id, "live again").await;
    known.take(&slow.frame().await);
    assert_eq!(known.bodies.last().map(String::as_str), Some("live again"));
}

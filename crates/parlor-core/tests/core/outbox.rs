//! Sends that wait for nothing, and what happens to them when access changes under their feet.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use parlor_core::{Error, MuteMember, Outbox, Sent};
use parlor_model::{Actor, Refusal, RoomId, RoomKind, Seq};
use parlor_store::{Cursor, Page, Tx};

use crate::world::{PATIENCE, World, on_both, refusal, typed};

on_both!(
    a_stale_answer_lets_nobody_write,
    who_is_kicked_between_check_and_commit_is_refused,
    who_is_muted_between_check_and_commit_is_refused,
    sends_keep_their_order_while_people_come_and_go,
    what_is_committed_is_told_in_order_before_it_is_answered,
    a_send_is_answered_once,
    repeats_at_the_same_time_have_one_place,
);

/// Sends, and hears of it through a channel.
fn send(
    outbox: &Outbox,
    actor: &Arc<Actor>,
    room: RoomId,
    body: &str,
    nonce: Option<&str>,
) -> mpsc::Receiver<Result<Sent, Error>> {
    let (tell, hear) = mpsc::channel();
    outbox.send(actor, room, typed(body, nonce), move |result| tell.send(result).unwrap());
    hear
}

fn refused(result: Result<Sent, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn bodies(world: &World, room: RoomId) -> Vec<(Seq, String)> {
    let page = Page { cursor: Cursor::Newest, limit: 100_000 };
    let read = world.core.store().read(move |tx| Box::pin(async move { tx.history(room, page).await }));
    let text = |message: &parlor_model::Message| (message.seq, message.body.as_str().to_owned());
    read.await.unwrap().messages.iter().map(text).collect()
}

/// Takes somebody out of a room without a word on the bus, as when another server does it and its notice is lost.
async fn remove(tx: &mut Tx<'_>, actor: &Actor, room: RoomId) -> Result<(), parlor_store::Error> {
    let mut row = tx.lock_room(actor.workspace(), room).await?.unwrap();
    let mut member = tx.member(room, actor.id()).await?.unwrap();
    row.head += 1;
    row.access_seq = row.head;
    member.active = false;
    member.changed_seq = row.head;
    tx.save_member(&member).await?;
    tx.save_room(&row).await
}

async fn a_stale_answer_lets_nobody_write(world: World) {
    let (owner, ada) = (world.owner().await, Arc::new(world.member("ada").await));
    let room = world.room(&owner, "General", RoomKind::Private).await.id;
    let invite = world.core.create_invite(&owner, room, None, None).await.unwrap();
    world.core.accept_invite(&ada, &invite.1).await.unwrap();
    let outbox = world.core.outbox();
    send(&outbox, &ada, room, "while I was here", None).recv_timeout(PATIENCE).unwrap().unwrap();
    let gone = Arc::clone(&ada);
    let removed =
        world.core.store().write(move |tx| Box::pin(async move { remove(tx, &gone, room).await })).await;
    removed.unwrap();
    // The first finds the answer stale, the others come after it has been forgotten.
    for _ in 0..3 {
        let result = send(&outbox, &ada, room, "and after", None).recv_timeout(PATIENCE).unwrap();
        assert!(matches!(refused(result), Refusal::NotFound("room")));
        let result = world.say(&ada, room, "and after").await;
        assert!(matches!(result, Err(Error::Refused(Refusal::NotFound("room")))), "{result:?}");
    }
    let said: Vec<String> = bodies(&world, room).await.into_iter().map(|(_, body)| body).collect();
    assert_eq!(said, ["while I was here"]);
}

/// Waits until appends of so many bytes wait, and returns how many bytes do.
async fn queued(world: &World, bytes: usize) -> usize {
    let wait = async {
        loop {
            let queued = world.core.store().metrics().queued_bytes;
            if queued >= bytes {
                return queued;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap()
}

/// Sends of `ada`, by an outbox and by a plain send, that are overtaken by `deed` between their check and their commit:
/// the deed is stopped in its transaction, with the room's lock, until both have been checked and wait. Returns what they
/// are told.
async fn overtaken<T: Send + 'static>(
    world: &World,
    ada: &Arc<Actor>,
    room: RoomId,
    deed: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> [Refusal; 2] {
    let stopped = world.clock.keep_next();
    let deed = tokio::spawn(deed);
    stopped.begun();
    let hears = send(&world.core.outbox(), ada, room, "too late", None);
    let one = queued(world, 1).await;
    let (core, late) = (world.core.clone(), Arc::clone(ada));
    let said = tokio::spawn(async move { core.send_message(&late, room, typed("too late", None)).await });
    // Both have been checked against what is not yet changed, and wait for the writer, or for the room's lock.
    queued(world, 2 * one).await;
    stopped.go_on();
    deed.await.unwrap().unwrap();
    [refused(hears.recv_timeout(PATIENCE).unwrap()), refusal(said.await.unwrap())]
}

async fn who_is_kicked_between_check_and_commit_is_refused(world: World) {
    let (owner, ada) = (world.owner().await, Arc::new(world.member("ada").await));
    let room = world.room(&owner, "General", RoomKind::Public).await.id;
    for remembered in [false, true] {
        world.core.join_room(&ada, room).await.unwrap();
        if remembered {
            world.say(&ada, room, "remembers me").await.unwrap();
        }
        let (core, owner, whom) = (world.core.clone(), owner.clone(), ada.id());
        let kick = async move { core.kick_member(&owner, room, whom).await };
        let told = overtaken(&world, &ada, room, kick).await;
        assert!(matches!(told, [Refusal::Forbidden(_), Refusal::Forbidden(_)]), "{told:?}");
    }
    assert!(bodies(&world, room).await.iter().all(|(_, body)| body != "too late"));
}

async fn who_is_muted_between_check_and_commit_is_refused(world: World) {
    let (owner, ada) = (world.owner().await, Arc::new(world.member("ada").await));
    let room = world.room(&owner, "General", RoomKind::Public).await.id;
    world.core.join_room(&ada, room).await.unwrap();
    for remembered in [false, true] {
        if remembered {
            world.core.unmute_member(&owner, room, ada.id()).await.unwrap();
            world.say(&ada, room, "remembers me").await.unwrap();
        }
        let (core, owner, whom) = (world.core.clone(), owner.clone(), ada.id());
        let input = MuteMember { duration: Some(60), reason: Some("spam".into()) };
        let mute = async move { core.mute_member(&owner, room, whom, input).await };
        for told in overtaken(&world, &ada, room, mute).await {
            let Refusal::Muted { reason, retry_after: Some(left) } = &told else { panic!("{told:?}") };
            assert_eq!(reason.as_str(), "spam");
            assert!(*left > Duration::from_secs(50) && *left <= Duration::from_mins(1), "{left:?}");
        }
    }
    assert!(bodies(&world, room).await.iter().all(|(_, body)| body != "too late"));
    // Somebody else was never stopped, and when its time is over, a mute is, too.
    world.say(&owner, room, "go on").await.unwrap();
    world.clock.advance(61);
    world.say(&ada, room, "back again").await.unwrap();
}

/// Whoever is in the room all the time gets everything said, in their order, whatever the others do meanwhile.
async fn sends_keep_their_order_while_people_come_and_go(world: World) {
    let (owner, ada) = (world.owner().await, Arc::new(world.member("ada").await));
    let room = world.room(&owner, "General", RoomKind::Public).await.id;
    world.core.join_room(&ada, room).await.unwrap();
    let crowd = tokio::spawn({
        let (core, eve) = (world.core.clone(), world.member("eve").await);
        async move {
            for _ in 0..40 {
                core.join_room(&eve, room).await.unwrap();
                core.leave_room(&eve, room).await.unwrap();
            }
        }
    });
    let outbox = world.core.outbox();
    let mut waiting = std::collections::VecDeque::new();
    let mut places = Vec::new();
    let mut number = 0;
    while !crowd.is_finished() || number < 400 {
        waiting.push_back(send(&outbox, &ada, room, &number.to_string(), None));
        number += 1;
        if waiting.len() == 32 {
            let hears = waiting.pop_front().unwrap();
            let sent = tokio::task::block_in_place(|| hears.recv_timeout(PATIENCE)).unwrap().unwrap();
            places.push(sent.seq);
        }
    }
    for hears in waiting {
        let sent = tokio::task::block_in_place(|| hears.recv_timeout(PATIENCE)).unwrap().unwrap();
        places.push(sent.seq);
    }
    crowd.await.unwrap();
    assert!(places.is_sorted_by(|one, next| one < next), "{places:?}");
    let said: Vec<String> = bodies(&world, room).await.into_iter().map(|(_, body)| body).collect();
    assert_eq!(said, (0..number).map(|number| number.to_string()).collect::<Vec<_>>());
}

async fn what_is_committed_is_told_in_order_before_it_is_answered(mut world: World) {
    let (owner, room) = {
        let owner = Arc::new(world.owner().await);
        let room = world.room(&owner, "General", RoomKind::Public).await.id;
        (owner, room)
    };
    world.told().await;
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let (outbox, owner) = (world.core.outbox(), Arc::clone(&owner));
            std::thread::spawn(move || {
                for number in 0..50 {
                    let hears = send(&outbox, &owner, room, &format!("{sender} {number}"), None);
                    hears.recv_timeout(PATIENCE).unwrap().unwrap();
                }
            })
        })
        .collect();
    tokio::task::block_in_place(|| senders.into_iter().for_each(|sender| sender.join().unwrap()));
    let told: Vec<Seq> = world.told().await.iter().map(|event| event.seq).collect();
    assert_eq!(told, (2..=401).collect::<Vec<Seq>>());
}

async fn a_send_is_answered_once(world: World) {
    let (owner, ada) = (world.owner().await, Arc::new(world.member("ada").await));
    let room = world.room(&owner, "General", RoomKind::Public).await.id;
    let elsewhere = world.room(&owner, "Elsewhere", RoomKind::Public).await.id;
    let outbox = world.core.outbox();
    let heard = |hears: mpsc::Receiver<Result<Sent, Error>>| {
        let first = tokio::task::block_in_place(|| hears.recv_timeout(PATIENCE)).unwrap();
        assert!(hears.recv_timeout(PATIENCE).is_err(), "it was answered twice");
        first
    };
    assert!(matches!(refused(heard(send(&outbox, &ada, room, "hi", None))), Refusal::Forbidden(_)));
    assert!(matches!(refused(heard(send(&outbox, &ada, room, " ", None))), Refusal::BodyEmpty));
    world.core.join_room(&ada, room).await.unwrap();
    world.core.join_room(&ada, elsewhere).await.unwrap();
    let first = heard(send(&outbox, &ada, room, "hi", Some("k7"))).unwrap();
    assert_eq!(heard(send(&outbox, &ada, room, "hi", Some("k7"))).unwrap(), first);
    // Twice: by the detour, and straight.
    for _ in 0..2 {
        let result = heard(send(&outbox, &ada, elsewhere, "hi", Some("k7")));
        assert!(matches!(refused(result), Refusal::Invalid { .. }));
    }
    assert_eq!(bodies(&world, room).await.len(), 1);
    assert_eq!(bodies(&world, elsewhere).await.len(), 0);
}

/// Many connections of one person repeat the same sends at the same time, while access changes.
async fn repeats_at_the_same_time_have_one_place(world: World) {
    let (owner, ada) = (world.owner().await, Arc::new(world.member("ada").await));
    let room = world.room(&owner, "General", RoomKind::Public).await.id;
    world.core.join_room(&ada, room).await.unwrap();
    let connections: Vec<_> = (0..6)
        .map(|_| {
            let (outbox, ada) = (world.core.outbox(), Arc::clone(&ada));
            std::thread::spawn(move || {
                let hears: Vec<_> = (0..60)
                    .map(|number| send(&outbox, &ada, room, "hi", Some(&format!("n{number}"))))
                    .collect();
                let sent = hears.into_iter().map(|hears| hears.recv_timeout(PATIENCE).unwrap().unwrap());
                sent.collect::<Vec<Sent>>()
            })
        })
        .collect();
    let eve = world.member("eve").await;
    for _ in 0..10 {
        world.core.join_room(&eve, room).await.unwrap();
        world.core.leave_room(&eve, room).await.unwrap();
    }
    let answers: Vec<Vec<Sent>> =
        tokio::task::block_in_place(|| connections.into_iter().map(|one| one.join().unwrap()).collect());
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let places: Vec<Seq> = bodies(&world, room).await.into_iter().map(|(seq, _)| seq).collect();
    assert_eq!(places.len(), 60);
    let mut answered: Vec<Seq> = answers[0].iter().map(|sent| sent.seq).collect();
    answered.sort_unstable();
    assert_eq!(answered, places);
}

//! Runs: which positions hold in a database that has had several starts.

use parlor_model::RoomKind;

use crate::support::{World, cases, write};

cases!(
    positions_hold_up_to_the_end_of_their_run,
    old_runs_are_forgotten_and_rooms_at_rest_are_not,
    rooms_are_read_in_the_epoch_of_the_present_run,
);

async fn positions_hold_up_to_the_end_of_their_run(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await);
    let (own, room) = (room.epoch, room.id);
    world.say(room, ada, "before there were runs").await;
    for epoch in [101, 102, 103] {
        write!(world.store, tx => tx.begin_run(epoch));
        world.say(room, ada, "hello").await;
    }
    let later = world.room("Later", RoomKind::Public).await.id;
    world.say(later, ada, "hello").await;
    let runs = write!(world.store, tx => tx.begin_run(104));
    assert_eq!(runs.epoch(), 104);
    for (epoch, last) in [(own, 1), (101, 2), (102, 3), (103, 4)] {
        assert!(runs.hold(room, epoch, last), "{epoch}");
        assert!(!runs.hold(room, epoch, last + 1), "{epoch}");
    }
    assert!(runs.hold(later, 103, 1) && !runs.hold(later, 102, 1));
    assert!(!runs.hold(room, 105, 1), "nobody began that run");
}

async fn old_runs_are_forgotten_and_rooms_at_rest_are_not(world: &World) {
    let (ada, busy) = (world.user("ada").await.id, world.room("Busy", RoomKind::Public).await.id);
    let quiet = world.room("Quiet", RoomKind::Public).await.id;
    world.say(quiet, ada, "the only word").await;
    for epoch in 1_000..1_100 {
        world.say(busy, ada, "hello").await;
        write!(world.store, tx => tx.begin_run(epoch));
    }
    let runs = write!(world.store, tx => tx.begin_run(1_100));
    assert!(!runs.hold(busy, 1_000, 1) && !runs.hold(quiet, 1_000, 1), "it is a hundred starts ago");
    assert!(runs.hold(busy, 1_050, 51) && !runs.hold(busy, 1_050, 53));
    assert!(runs.hold(quiet, 1_050, 1) && runs.hold(quiet, 1_099, 1));
}

async fn rooms_are_read_in_the_epoch_of_the_present_run(world: &World) {
    let room = world.room("General", RoomKind::Public).await.id;
    for epoch in [7, 8] {
        write!(world.store, tx => tx.begin_run(epoch));
        assert_eq!(world.load_room(room).await.epoch, epoch);
    }
}

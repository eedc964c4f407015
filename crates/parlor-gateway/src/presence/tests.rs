//! Who is told what of whose coming and going.

use super::*;

const ROOM: RoomId = RoomId::from_bytes([1; 16]);

fn user(byte: u8) -> UserId {
    UserId::from_bytes([byte; 16])
}

fn watcher(presence: &Presence, number: u64) -> Arc<Inbox> {
    let inbox = Arc::new(Inbox::default());
    presence.watch(ConnectionId(number), ROOM, Arc::clone(&inbox));
    assert!(presence.confirm(ConnectionId(number), ROOM).is_some());
    inbox
}

/// What an inbox would be told: those who came, those who went.
fn told(inbox: &Inbox) -> Option<(Vec<String>, Vec<String>)> {
    let frame = inbox.take_presence(|_| false)?.into_frame();
    match serde_json::from_str(frame.as_str()).unwrap() {
        wire::ServerFrame::PresenceChanged { data, .. } => Some((data.online, data.offline)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_user_with_two_connections_is_there_once_and_goes_with_the_last() {
    let presence = Presence::default();
    let inbox = watcher(&presence, 9);
    presence.enter(ROOM, user(1));
    presence.enter(ROOM, user(1));
    presence.tick();
    assert_eq!(told(&inbox), Some((vec![user(1).to_string()], vec![])));
    presence.leave(ROOM, user(1));
    presence.tick();
    assert_eq!((told(&inbox), presence.online(ROOM)), (None, vec![user(1)]));
    presence.leave(ROOM, user(1));
    presence.tick();
    assert_eq!(told(&inbox), Some((vec![], vec![user(1).to_string()])));
}

#[test]
fn a_short_absence_is_not_worth_a_word() {
    let presence = Presence::default();
    presence.enter(ROOM, user(1));
    let inbox = watcher(&presence, 9);
    presence.leave(ROOM, user(1));
    presence.enter(ROOM, user(1));
    presence.tick();
    assert_eq!(told(&inbox), None);
}

#[test]
fn a_watcher_that_does_not_look_gets_the_newest_word_on_each() {
    let presence = Presence::default();
    let slow = watcher(&presence, 9);
    presence.enter(ROOM, user(1));
    presence.enter(ROOM, user(2));
    presence.tick();
    presence.leave(ROOM, user(1));
    presence.enter(ROOM, user(3));
    presence.tick();
    let (online, offline) = told(&slow).unwrap();
    assert_eq!(online, [user(2).to_string(), user(3).to_string()]);
    assert_eq!(offline, [user(1).to_string()]);
}

#[test]
fn only_the_room_that_is_watched_is_told() {
    let presence = Presence::default();
    let other = RoomId::from_bytes([2; 16]);
    let inbox = watcher(&presence, 9);
    presence.enter(other, user(1));
    presence.tick();
    assert_eq!(told(&inbox), None);
    presence.enter(ROOM, user(3));
    presence.tick();
    presence.watch(ConnectionId(9), other, Arc::clone(&inbox));
    assert_eq!(told(&inbox), None, "what was not told yet is not told any more");
    assert_eq!(presence.confirm(ConnectionId(9), other), Some(vec![user(1)]));
    presence.enter(ROOM, user(2));
    presence.tick();
    assert_eq!(told(&inbox), None, "the former room is not watched any more");
    presence.unwatch(ConnectionId(9), ROOM);
    presence.leave(other, user(1));
    presence.tick();
    assert!(told(&inbox).is_some(), "unwatching another room changes nothing");
}

#[test]
fn nothing_is_told_before_it_is_certain_that_it_may_be() {
    let presence = Presence::default();
    let inbox = Arc::new(Inbox::default());
    presence.watch(ConnectionId(9), ROOM, Arc::clone(&inbox));
    presence.enter(ROOM, user(1));
    presence.tick();
    assert_eq!(told(&inbox), None);
    presence.unwatch(ConnectionId(9), ROOM);
    assert_eq!(presence.confirm(ConnectionId(9), ROOM), None, "access was lost in the meantime");
}

#[test]
fn the_view_knows_who_is_connected_and_nothing_stays_behind() {
    let presence = Arc::new(Presence::default());
    let view = PresenceView::new(Arc::clone(&presence));
    presence.connect(user(1));
    presence.enter(ROOM, user(1));
    let _inbox = watcher(&presence, 9);
    assert!(view.is_online(user(1)) && !view.is_online(user(2)));
    assert_eq!(view.online(ROOM), [user(1)]);
    presence.leave(ROOM, user(1));
    presence.disconnect(ConnectionId(9), user(1));
    assert!(!view.is_online(user(1)));
    let state = presence.lock();
    assert!(state.rooms.is_empty() && state.users.is_empty() && state.watching.is_empty());
}

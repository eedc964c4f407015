//! Who is told what of whose coming and going.

use super::*;
use crate::shard::Shards;

const ROOM: RoomId = RoomId::from_bytes([1; 16]);

fn user(byte: u8) -> UserId {
    UserId::from_bytes([byte; 16])
}

/// A connection that watches, and what it has been told.
struct Watcher {
    id: ConnectionId,
    mailbox: Arc<Mailbox>,
    pending: Option<PendingPresence>,
}

impl Watcher {
    /// Takes what came since the last time: those who came, those who went.
    fn told(&mut self) -> Option<(Vec<String>, Vec<String>)> {
        let mut letters = Vec::new();
        self.mailbox.take(&mut letters);
        for letter in letters {
            match letter {
                Letter::Note(id, Note::Presence(news)) => {
                    assert_eq!(id, self.id);
                    self.pending = Some(PendingPresence::with(self.pending.take(), &news));
                }
                other => panic!("{other:?}"),
            }
        }
        match serde_json::from_str(self.pending.take()?.frame(Wire::default()).text_of()).unwrap() {
            wire::ServerFrame::PresenceChanged { data, .. } => Some((data.online, data.offline)),
            other => panic!("{other:?}"),
        }
    }
}

const WATCHER: ConnectionId = ConnectionId::new(0, 9, 9);

fn presence() -> Presence {
    Presence::new(Shards::prepare(1).unwrap().mailboxes())
}

fn watcher(presence: &Presence) -> Watcher {
    presence.watch(WATCHER, ROOM);
    assert!(presence.confirm(WATCHER, ROOM).is_some());
    Watcher { id: WATCHER, mailbox: Arc::clone(&presence.mailboxes[0]), pending: None }
}

#[test]
fn a_user_with_two_connections_is_there_once_and_goes_with_the_last() {
    let presence = presence();
    let mut watcher = watcher(&presence);
    presence.enter(ROOM, user(1));
    presence.enter(ROOM, user(1));
    presence.tick();
    assert_eq!(watcher.told(), Some((vec![user(1).to_string()], vec![])));
    presence.leave(ROOM, user(1));
    presence.tick();
    assert_eq!((watcher.told(), presence.online(ROOM)), (None, vec![user(1)]));
    presence.leave(ROOM, user(1));
    presence.tick();
    assert_eq!(watcher.told(), Some((vec![], vec![user(1).to_string()])));
}

#[test]
fn a_short_absence_is_not_worth_a_word() {
    let presence = presence();
    presence.enter(ROOM, user(1));
    let mut watcher = watcher(&presence);
    presence.leave(ROOM, user(1));
    presence.enter(ROOM, user(1));
    presence.tick();
    assert_eq!(watcher.told(), None);
}

#[test]
fn a_watcher_that_does_not_look_gets_the_newest_word_on_each() {
    let presence = presence();
    let mut slow = watcher(&presence);
    presence.enter(ROOM, user(1));
    presence.enter(ROOM, user(2));
    presence.tick();
    presence.leave(ROOM, user(1));
    presence.enter(ROOM, user(3));
    presence.tick();
    let (online, offline) = slow.told().unwrap();
    assert_eq!(online, [user(2).to_string(), user(3).to_string()]);
    assert_eq!(offline, [user(1).to_string()]);
}

#[test]
fn only_the_room_that_is_watched_is_told() {
    let presence = presence();
    let other = RoomId::from_bytes([2; 16]);
    let mut watcher = watcher(&presence);
    presence.enter(other, user(1));
    presence.tick();
    assert_eq!(watcher.told(), None);
    presence.enter(ROOM, user(3));
    presence.tick();
    presence.watch(WATCHER, other);
    assert!(!presence.is_watching(WATCHER, ROOM), "what was not told yet is not told any more");
    assert!(watcher.told().is_some(), "the session asks that before it tells");
    assert_eq!(presence.confirm(WATCHER, other), Some(vec![user(1)]));
    presence.enter(ROOM, user(2));
    presence.tick();
    assert_eq!(watcher.told(), None, "the former room is not watched any more");
    presence.unwatch(WATCHER, ROOM);
    presence.leave(other, user(1));
    presence.tick();
    assert!(watcher.told().is_some(), "unwatching another room changes nothing");
}

#[test]
fn nothing_is_told_before_it_is_certain_that_it_may_be() {
    let presence = presence();
    presence.watch(WATCHER, ROOM);
    presence.enter(ROOM, user(1));
    presence.tick();
    let mut letters = Vec::new();
    presence.mailboxes[0].take(&mut letters);
    assert!(letters.is_empty(), "{letters:?}");
    presence.unwatch(WATCHER, ROOM);
    assert_eq!(presence.confirm(WATCHER, ROOM), None, "access was lost in the meantime");
}

#[test]
fn the_view_knows_who_is_connected_and_nothing_stays_behind() {
    let presence = Arc::new(presence());
    let view = PresenceView::new(Arc::clone(&presence));
    presence.connect(user(1));
    presence.enter(ROOM, user(1));
    let _watcher = watcher(&presence);
    assert!(view.is_online(user(1)) && !view.is_online(user(2)));
    assert_eq!(view.online(ROOM), [user(1)]);
    presence.leave(ROOM, user(1));
    presence.disconnect(WATCHER, user(1));
    assert!(!view.is_online(user(1)));
    let state = presence.lock();
    assert!(state.rooms.is_empty() && state.users.is_empty() && state.watching.is_empty());
}

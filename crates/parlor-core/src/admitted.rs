//! Who was lately found to be allowed to write where, so that a send need not ask the store again.
//!
//! What stands here is a guess, never a permission: an append carries the state of access that the answer was found at,
//! and the commit refuses it if that is not the room's present one. So a stale entry costs a question, and lets nobody
//! through. Only “yes” is remembered. Each part's lock is taken with nothing else held, and nothing is taken under it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use parlor_model::{Actor, Change, Role, RoomEvent, RoomId, Seq, UserId, WorkspaceId};

/// How many parts there are, so that threads seldom wait for each other.
const PARTS: usize = 16;
/// How many answers a part remembers: about 50 bytes each. A part that is full forgets all of its rooms.
const ANSWERS_A_PART: usize = 4_096;

/// The answers.
#[derive(Debug, Default)]
pub(crate) struct Admitted {
    parts: [Mutex<Part>; PARTS],
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Part {
    rooms: HashMap<RoomId, Room>,
    answers: usize,
}

/// Who may write in a room in one state of access.
#[derive(Debug)]
struct Room {
    version: Seq,
    /// As whom each was let in: somebody whose role in the workspace has changed is looked at again.
    people: HashMap<UserId, (WorkspaceId, Role)>,
}

impl Admitted {
    /// The state of access in which `actor` was allowed to write, if that was found lately.
    pub(crate) fn version(&self, actor: &Actor, room: RoomId) -> Option<Seq> {
        let part = self.part(room);
        let room = part.rooms.get(&room)?;
        let known = room.people.get(&actor.id())?;
        (*known == (actor.workspace(), actor.role())).then_some(room.version)
    }

    /// Remembers that `actor` may write in this state of access.
    pub(crate) fn admit(&self, actor: &Actor, room: RoomId, version: Seq) {
        let mut guard = self.part(room);
        let part = &mut *guard;
        if part.answers >= ANSWERS_A_PART {
            part.rooms.clear();
            part.answers = 0;
        }
        let known = part.rooms.entry(room).or_insert_with(|| Room { version, people: HashMap::new() });
        if known.version > version {
            // Somebody else has seen a newer state.
            return;
        }
        if known.version < version {
            part.answers -= known.people.len();
            *known = Room { version, people: HashMap::new() };
        }
        let new = known.people.insert(actor.id(), (actor.workspace(), actor.role())).is_none();
        part.answers += usize::from(new);
    }

    /// Forgets a room.
    pub(crate) fn forget(&self, room: RoomId) {
        let mut part = self.part(room);
        if let Some(known) = part.rooms.remove(&room) {
            part.answers -= known.people.len();
        }
    }

    /// Forgets the rooms in which something happened that may change who may write.
    pub(crate) fn hear(&self, events: &[RoomEvent]) {
        for event in events {
            match event.change {
                Change::MessageCreated(_) | Change::MessageEdited(_) | Change::MessageDeleted(_) => {}
                Change::MemberJoined(..)
                | Change::MemberLeft(..)
                | Change::MemberUpdated(..)
                | Change::RoomUpdated(_) => self.forget(event.room),
            }
        }
    }

    fn part(&self, room: RoomId) -> MutexGuard<'_, Part> {
        let hash = usize::try_from(self.hasher.hash_one(room) % PARTS as u64).unwrap_or_default();
        // Nothing panics while the lock is held, except where memory is used up, which ends the process.
        self.parts[hash].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use parlor_model::{DisplayName, SessionId, Timestamp, User, Username};

    use super::*;

    fn actor(number: u16, role: Role) -> Actor {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        let username = Username::stored("ada".into());
        let user = User {
            id: UserId::from_bytes(id),
            workspace: WorkspaceId::from_bytes([1; 16]),
            display_name: DisplayName::from(&username),
            username,
            role,
            invited: false,
            created_at: Timestamp::from_millis(0),
        };
        Actor { user, session: SessionId::from_bytes([2; 16]) }
    }

    const ROOM: RoomId = RoomId::from_bytes([3; 16]);

    #[test]
    fn an_answer_holds_for_one_state_of_access_and_one_role() {
        let (admitted, ada) = (Admitted::default(), actor(1, Role::Member));
        assert_eq!(admitted.version(&ada, ROOM), None);
        admitted.admit(&ada, ROOM, 4);
        assert_eq!(admitted.version(&ada, ROOM), Some(4));
        assert_eq!(admitted.version(&actor(1, Role::Guest), ROOM), None);
        assert_eq!(admitted.version(&actor(2, Role::Member), ROOM), None);
        admitted.admit(&actor(2, Role::Member), ROOM, 5);
        assert_eq!(admitted.version(&ada, ROOM), None);
        admitted.admit(&ada, ROOM, 4);
        assert_eq!(admitted.version(&ada, ROOM), None, "an older state was taken for news");
        admitted.forget(ROOM);
        assert_eq!(admitted.version(&actor(2, Role::Member), ROOM), None);
    }

    #[test]
    fn answers_are_bounded() {
        let admitted = Admitted::default();
        for number in 0..u16::MAX {
            admitted.admit(&actor(number, Role::Member), ROOM, 1);
            let part = admitted.part(ROOM);
            assert_eq!(part.answers, part.rooms.values().map(|room| room.people.len()).sum::<usize>());
            assert!(part.answers <= ANSWERS_A_PART);
        }
    }
}

//! What a session asks the store: one thing at a time, as its actor, and only while the socket takes what comes of it.

use std::time::Duration;

use parlor_core::{ChangesPage, Error};
use parlor_model::{Member, MemberRole, Room, RoomId, Seq};

use crate::dispatch::Context;

/// How many changes are read at a time.
const PAGE: usize = 100;

/// What the store answered.
pub(super) enum Read {
    /// What a connection missed in a room.
    Page { room: RoomId, from: Seq, result: Box<Result<ChangesPage, Error>> },
    /// A room that the user is said to have joined at `seq`.
    Joined { seq: Seq, result: Box<Result<(Room, Option<MemberRole>), Error>> },
    /// Whether the session is still there, and in which rooms its user is.
    Checked(Result<(bool, Vec<(Room, Member)>), Error>),
}

/// Reads what changed in a room after `from`. Waits first if it was to no avail a moment ago.
pub(super) async fn page(context: Context, room: RoomId, from: Seq, failures: u32) -> Read {
    pause(failures).await;
    let _turn = context.shared.hub.read_turn().await;
    let result = context.shared.core.changes(&context.actor, room, from, PAGE).await;
    Read::Page { room, from, result: Box::new(result) }
}

/// Reads a room that the user is said to have joined.
pub(super) async fn joined(context: Context, room: RoomId, seq: Seq) -> Read {
    let _turn = context.shared.hub.read_turn().await;
    let result = context.shared.core.room(&context.actor, room).await;
    Read::Joined { seq, result: Box::new(result) }
}

/// Makes sure of the session and of the user's rooms.
pub(super) async fn check(context: Context, failures: u32) -> Read {
    pause(failures).await;
    let _turn = context.shared.hub.read_turn().await;
    let alive = match context.shared.identity.sessions(&context.actor).await {
        Ok(sessions) => sessions.iter().any(|session| session.id == context.actor.session),
        // Unknown is not ended: the next check will tell.
        Err(error) => {
            tracing::warn!(%error, "a session could not be checked");
            true
        }
    };
    let rooms = context.shared.core.my_rooms(&context.actor).await;
    Read::Checked(rooms.map(|rooms| (alive, rooms)))
}

/// Waits the longer the more often something failed, at most a few seconds.
async fn pause(failures: u32) {
    if failures > 0 {
        tokio::time::sleep(Duration::from_millis(50 << failures.min(7))).await;
    }
}

//! What a session asks the store: one thing at a time, and only while the socket takes what comes of it. The answer is
//! a letter to the connection.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use parlor_core::Error;
use parlor_core::limits::Kind;
use parlor_model::{Member, Room, RoomId, Seq};

use crate::dispatch::Context;
use crate::hub::pages::Missed;
use crate::shard::mailbox::Letter;
use crate::shard::promise::Promise;

/// How long to wait at least for one's rate.
const SHORTEST: Duration = Duration::from_millis(10);

/// What the store answered.
#[expect(clippy::large_enum_variant, reason = "it travels in a box of its own")]
pub(crate) enum Read {
    /// What a connection missed in a room. Nothing if it could not be read.
    Page { room: RoomId, from: Seq, page: Option<Arc<Missed>> },
    /// A room that the user is said to have joined at `seq`.
    Joined { seq: Seq, result: Result<(Room, Option<Member>), Error> },
    /// Whether the session is still there, and in which rooms its user is.
    Checked(Result<(bool, Vec<(Room, Member)>), Error>),
}

/// Reads what changed in a room after a place, once so many `parts` are within the user's rate. Waits first if it was to
/// no avail a moment ago.
pub(super) fn page(context: &Context, (room, from): (RoomId, Seq), failures: u32, parts: NonZeroU32) {
    let (hub, who) = (Arc::clone(&context.shared.hub), context.connection.id);
    match count(context, parts) {
        None => hub.read_missed(room, from, who, pause(failures)),
        Some(mut wait) => {
            let context = context.clone();
            context.shared.runtime.clone().spawn(async move {
                loop {
                    tokio::time::sleep(wait).await;
                    match count(&context, parts) {
                        None => return hub.read_missed(room, from, who, pause(failures)),
                        Some(longer) => wait = longer,
                    }
                }
            });
        }
    }
}

/// Counts against the user's rate; else answers how long to wait.
fn count(context: &Context, parts: NonZeroU32) -> Option<Duration> {
    let counted = context.shared.core.limiter().check_many(Kind::CatchUp, context.actor.id(), parts);
    counted.err().map(|refusal| refusal.retry_after().unwrap_or_default().max(SHORTEST))
}

/// Reads a room that the user is said to have joined.
pub(super) fn joined(context: &Context, room: RoomId, seq: Seq) {
    answer(context, async move |context| {
        let _turn = context.shared.hub.read_turn().await;
        let result = context.shared.core.room(&context.actor, room).await;
        Read::Joined { seq, result }
    });
}

/// Makes sure of the session and of the user's rooms.
pub(super) fn check(context: &Context, failures: u32) {
    answer(context, async move |context| {
        tokio::time::sleep(pause(failures)).await;
        checked(&context).await
    });
}

async fn checked(context: &Context) -> Read {
    let _turn = context.shared.hub.read_turn().await;
    let alive = match context.shared.identity.is_alive(&context.actor).await {
        Ok(alive) => alive,
        // Unknown is not ended: the next check will tell.
        Err(error) => {
            tracing::warn!(%error, "a session could not be checked");
            true
        }
    };
    let rooms = context.shared.core.my_rooms(&context.actor).await;
    Read::Checked(rooms.map(|rooms| (alive, rooms)))
}

fn answer<F: Future<Output = Read> + Send + 'static>(
    context: &Context,
    read: impl FnOnce(Context) -> F + Send + 'static,
) {
    let promise = Promise::new(&context.shared.hub, context.connection.id);
    let context = context.clone();
    context.shared.runtime.clone().spawn(async move {
        let read = read(context).await;
        promise.keep(|connection| Letter::Read(connection, Box::new(read)));
    });
}

/// The longer the more often something failed, at most a few seconds.
fn pause(failures: u32) -> Duration {
    if failures == 0 { Duration::ZERO } else { Duration::from_millis(50 << failures.min(7)) }
}

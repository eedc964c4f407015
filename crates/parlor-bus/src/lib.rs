//! What just happened, told to every node.
//!
//! The bus is never the record: it may lose, repeat, reorder or delay. Whoever listens drops what it has seen
//! (`seq <= last`), and asks the store for what is missing. So a bus needs no promises, and can be fast.

mod memory;

use std::sync::Arc;

use parlor_model::{RoomEvent, RoomId, Seq, SessionId, UserId};

pub use memory::{MemoryBus, Subscription};

/// Something to tell.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Durable changes in rooms, after their commit: all that one commit made true, in the order of each room's
    /// sequence. Never empty.
    Rooms(Arc<[RoomEvent]>),
    /// A session has ended: whatever speaks in its name must fall silent at once.
    SessionEnded(SessionId),
    /// Somebody has read a room up to a place: for their own devices. Rooms carry it too, so one that is lost costs little.
    Read {
        /// Who.
        user: UserId,
        /// Where.
        room: RoomId,
        /// Everything up to here.
        seq: Seq,
    },
}

/// What a listener gets.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Something happened.
    Notice(Notice),
    /// The listener was too slow, or the bus was cut: some notices are gone. Compare heads with the store.
    Lagged,
    /// There will be no more.
    Closed,
}

/// Carries notices to every listener on every node, the sender's own included.
pub trait Bus: Send + Sync {
    /// Tells everybody. Never waits and never fails: what can't be told is lost, which listeners can bear.
    fn publish(&self, notice: Notice);

    /// Listens from now on.
    fn subscribe(&self) -> Subscription;
}

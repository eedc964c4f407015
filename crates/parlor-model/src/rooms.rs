//! Rooms, and the sequence that orders everything in one.

use crate::ids::{RoomId, WorkspaceId};
use crate::names::{RoomName, Slug, Topic};
use crate::time::Timestamp;

/// A place in a room's history. Gapless from 1; 0 is before everything. Every durable change in a room takes the next.
pub type Seq = u64;

/// Who may find a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoomKind {
    /// Anybody with an account sees it, reads it and may join.
    Public,
    /// Only its members know that it exists.
    Private,
}

impl RoomKind {
    /// The word for it in rows and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Public, Self::Private].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Which.
    pub id: RoomId,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The address: `/r/<slug>`. It stays when the room is renamed, so links keep working.
    pub slug: Slug,
    /// The name in lists and headings.
    pub name: RoomName,
    /// Who may find it.
    pub kind: RoomKind,
    /// What it is about.
    pub topic: Topic,
    /// The `seq` of the newest change.
    pub head: Seq,
    /// The `seq` of the newest change of who may do what here. A commit that was checked against another one is void.
    pub access_seq: Seq,
    /// The `seq` of the newest change of the room itself (name, topic).
    pub changed_seq: Seq,
    /// The epoch of the run of the server in which this is read. A position is told with it, so that it can be told later
    /// whether it still holds.
    pub epoch: u32,
    /// How many members it has.
    pub member_count: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

//! What happened in a room: one value for every durable change, in the order of the room's sequence.

use crate::ids::{RoomId, UserId};
use crate::members::Member;
use crate::messages::Message;
use crate::rooms::{Room, Seq};
use crate::time::Timestamp;
use crate::users::User;

/// A durable change, as it is told to every node and every connection after its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomEvent {
    /// Where.
    pub room: RoomId,
    /// Its place in the room's sequence.
    pub seq: Seq,
    /// When the server took it.
    pub at: Timestamp,
    /// What.
    pub change: Change,
}

/// What changed, with the state that results: an event replaces what it names, so applying one twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Somebody said something.
    MessageCreated(Message),
    /// An author changed their words.
    MessageEdited(Message),
    /// A message became a tombstone.
    MessageDeleted(Message),
    /// Somebody came.
    MemberJoined(Member, User),
    /// Somebody left.
    MemberLeft(Member, User),
    /// A member's role or name changed, or they were muted or are no longer.
    MemberUpdated(Member, User),
    /// The room's name or topic changed.
    RoomUpdated(Room),
}

impl Change {
    /// The name of the event on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MessageCreated(_) => "message.created",
            Self::MessageEdited(_) => "message.edited",
            Self::MessageDeleted(_) => "message.deleted",
            Self::MemberJoined(..) => "member.joined",
            Self::MemberLeft(..) => "member.left",
            Self::MemberUpdated(..) => "member.updated",
            Self::RoomUpdated(_) => "room.updated",
        }
    }

    /// The user whose access to the room begins with this change.
    pub const fn grants(&self) -> Option<UserId> {
        match self {
            Self::MemberJoined(member, _) => Some(member.user),
            _ => None,
        }
    }

    /// The user whose access to the room ends with this change.
    pub const fn revokes(&self) -> Option<UserId> {
        match self {
            Self::MemberLeft(member, _) => Some(member.user),
            _ => None,
        }
    }
}

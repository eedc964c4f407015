//! Membership: a user in a room.

use crate::ids::{RoomId, UserId};
use crate::moderation::Mute;
use crate::rooms::Seq;
use crate::time::Timestamp;

/// What a member is in a room. The order is the order of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberRole {
    /// Reads and writes.
    Member,
    /// Keeps order.
    Moderator,
    /// Made the room or inherited it.
    Owner,
}

impl MemberRole {
    /// Every role, from the least to the most powerful.
    pub const ALL: [Self; 3] = [Self::Member, Self::Moderator, Self::Owner];

    /// The word for it in rows and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A user's row in a room. It stays when they leave, so that a client which was away learns of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The room.
    pub room: RoomId,
    /// The user.
    pub user: UserId,
    /// What the user is here.
    pub role: MemberRole,
    /// False once they have left.
    pub active: bool,
    /// The `seq` of the newest change of this row.
    pub changed_seq: Seq,
    /// When they last joined.
    pub joined_at: Timestamp,
    /// Set if they were muted here, also after its time is over.
    pub mute: Option<Mute>,
    /// Everything up to here they have read. Nobody else learns of it; it takes no place in the room. Unknown for whoever
    /// came before it was kept and has told nothing since.
    pub read: Option<Seq>,
}

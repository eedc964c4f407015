//! People, guests and, later, bots.

use crate::ids::{UserId, WorkspaceId};
use crate::names::{DisplayName, Username};
use crate::time::Timestamp;

/// What a user is in the workspace. The order is the order of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Came in by an invitation or an open door, without a password; sees only the rooms it is in.
    Guest,
    /// Has an account.
    Member,
    /// Runs the workspace.
    Admin,
    /// Made the workspace. There is one at first; an owner can't be removed by an admin.
    Owner,
}

impl Role {
    /// Every role, from the least to the most powerful.
    pub const ALL: [Self; 4] = [Self::Guest, Self::Member, Self::Admin, Self::Owner];

    /// The word for it in rows and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A user as the others see it. Nothing secret is in here: the password hash stays in its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The name to sign in with and to be mentioned by; a guest has a made-up one.
    pub username: Username,
    /// The name that stands beside messages.
    pub display_name: DisplayName,
    /// What the user is in the workspace.
    pub role: Role,
    /// True if an invitation let this user in, so that a guest may become an account where accounts need one.
    pub invited: bool,
    /// When the user came.
    pub created_at: Timestamp,
}

//! Who is asking.

use crate::ids::{SessionId, UserId, WorkspaceId};
use crate::users::{Role, User};

/// An authenticated user in one session. Every action takes one, and every load goes through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user, as they were when the session was looked up.
    pub user: User,
    /// The session that speaks.
    pub session: SessionId,
}

impl Actor {
    /// The user's id.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// The tenant, which no query leaves.
    pub fn workspace(&self) -> WorkspaceId {
        self.user.workspace
    }

    /// The user's role in the workspace.
    pub fn role(&self) -> Role {
        self.user.role
    }
}

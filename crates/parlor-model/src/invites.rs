//! Invitation links: a secret code that lets its holder into one room, and into the workspace where that needs one.

use crate::ids::{InviteId, RoomId, UserId, WorkspaceId};
use crate::time::Timestamp;

/// An invitation to a room. The code itself is nowhere: only a hash of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Which.
    pub id: InviteId,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The room it opens.
    pub room: RoomId,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// How many people it lets in.
    pub max_uses: Option<u32>,
    /// How many it has let in.
    pub uses: u32,
    /// True once somebody has withdrawn it.
    pub revoked: bool,
}

impl Invite {
    /// True if it would let somebody in at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.revoked
            && self.expires_at.is_none_or(|expires_at| now < expires_at)
            && self.max_uses.is_none_or(|max_uses| self.uses < max_uses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::env;

    fn invite() -> Invite {
        let env = env(1_000, 1);
        Invite {
            id: InviteId::generate(&env),
            workspace: WorkspaceId::generate(&env),
            room: RoomId::generate(&env),
            created_by: UserId::generate(&env),
            created_at: env.now(),
            expires_at: Some(Timestamp::from_millis(2_000)),
            max_uses: Some(2),
            uses: 1,
            revoked: false,
        }
    }

    #[test]
    fn closes_by_time_by_use_and_by_hand() {
        let now = Timestamp::from_millis(1_999);
        assert!(invite().is_open(now));
        assert!(!invite().is_open(Timestamp::from_millis(2_000)));
        assert!(!Invite { uses: 2, ..invite() }.is_open(now));
        assert!(!Invite { revoked: true, ..invite() }.is_open(now));
        assert!(
            Invite { expires_at: None, max_uses: None, ..invite() }.is_open(Timestamp::from_millis(i64::MAX))
        );
    }
}

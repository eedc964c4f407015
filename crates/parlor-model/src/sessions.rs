//! Signed-in devices.

use crate::ids::{SessionId, UserId};
use crate::time::Timestamp;

/// A signed-in device. Its token is nowhere: only a hash of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// What the device called itself when it signed in, for the list of one's sessions.
    pub label: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

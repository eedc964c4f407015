//! Signed-in devices on the wire.

use parlor_model as model;

use crate::wire;

wire! {
    /// One of one's signed-in devices.
    pub struct Session {
        /// `ses_…`
        pub id: String,
        /// What the device called itself.
        pub label: String,
        /// RFC 3339, UTC.
        pub created_at: String,
        /// RFC 3339, UTC; to the minute.
        pub last_seen_at: String,
        /// RFC 3339, UTC.
        pub expires_at: String,
        /// True for the session that asks.
        pub current: bool,
    }
}

wire! {
    /// One's signed-in devices.
    pub struct SessionList {
        /// The newest first.
        pub sessions: Vec<Session>,
        /// Where the next page begins (`after`); absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub next: Option<String>,
    }
}

impl Session {
    /// A session as its owner sees it from the session `current`.
    pub fn new(session: &model::Session, current: model::SessionId) -> Self {
        Self {
            id: session.id.to_string(),
            label: session.label.clone(),
            created_at: session.created_at.to_string(),
            last_seen_at: session.last_seen_at.to_string(),
            expires_at: session.expires_at.to_string(),
            current: session.id == current,
        }
    }
}

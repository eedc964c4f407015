//! A connection as the hub knows it. It ends by being dropped, so that nothing is left behind however a session ends.

use std::sync::Arc;

use parlor_model::{SessionId, UserId};

use super::Hub;
use crate::shard::ConnectionId;

/// A living connection, known to the hub until it is dropped.
pub(crate) struct Registered {
    hub: Arc<Hub>,
    /// Its name.
    pub(crate) id: ConnectionId,
    /// Whose.
    user: UserId,
    /// Of which session.
    session: SessionId,
}

impl Registered {
    /// Makes a connection known. From here on what concerns its user and its session reaches it. `None` if the user has
    /// too many.
    pub(crate) fn new(hub: &Arc<Hub>, id: ConnectionId, user: UserId, session: SessionId) -> Option<Self> {
        let max = hub.options.max_connections_per_user;
        if !hub.registry().add(id, (user, session), max) {
            return None;
        }
        hub.presence.connect(user);
        Some(Self { hub: Arc::clone(hub), id, user, session })
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.hub.registry().remove(self.id, (self.user, self.session));
        self.hub.presence.disconnect(self.id, self.user);
    }
}

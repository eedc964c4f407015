//! A letter that a connection waits for. If whoever was to write it fails, the connection is told that instead, and
//! does not wait for ever.

use std::sync::Arc;

use parlor_protocol::CloseCode;

use super::ConnectionId;
use super::mailbox::{Letter, Note};
use crate::hub::Hub;

/// A letter that must come.
pub(crate) struct Promise {
    hub: Arc<Hub>,
    connection: ConnectionId,
    kept: bool,
}

impl Promise {
    /// Promises a letter to a connection.
    pub(crate) fn new(hub: &Arc<Hub>, connection: ConnectionId) -> Self {
        Self { hub: Arc::clone(hub), connection, kept: false }
    }

    /// Sends it.
    pub(crate) fn keep(mut self, letter: impl FnOnce(ConnectionId) -> Letter) {
        self.kept = true;
        self.hub.post(self.connection, letter(self.connection));
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if !self.kept {
            // Its task panicked, or the runtime is coming down.
            let note = Note::End(CloseCode::Internal);
            self.hub.post(self.connection, Letter::Note(self.connection, note));
        }
    }
}

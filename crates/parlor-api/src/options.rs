//! What can be set about the HTTP interface. Reading the settings from files and flags is the binary's business.

use std::time::Duration;

use parlor_edge::Edge;

/// The settings of the HTTP interface.
#[derive(Debug, Clone)]
pub struct Options {
    /// How requests reach the server.
    pub edge: Edge,
    /// The largest request body, in bytes.
    pub max_request_bytes: usize,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// How long a request may take before it is given up.
    pub request_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            edge: Edge::default(),
            max_request_bytes: 256 * 1024,
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
        }
    }
}

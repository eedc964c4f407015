//! What can be set about the HTTP interface. Reading the settings from files and flags is the binary's business.

use std::time::Duration;

use parlor_edge::Edge;

/// Who may read `/metrics`. To everybody else there is no such path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MetricsAccess {
    /// Programs on the machine itself that connect without a proxy.
    #[default]
    ThisMachine,
    /// Whoever brings a token.
    Token(MetricsToken),
    /// Nobody on this listener: there is another one for it.
    Nobody,
}

/// What whoever reads `/metrics` must bring, kept as its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsToken([u8; 32]);

impl MetricsToken {
    /// Keeps the hash of `token`.
    pub fn new(token: &str) -> Self {
        Self(parlor_identity::hash(token))
    }

    /// True if `token` is the one. A comparison of hashes tells nothing of the token by its time.
    pub(crate) fn is(&self, token: &str) -> bool {
        Self::new(token) == *self
    }
}

/// The settings of the HTTP interface.
#[derive(Debug, Clone)]
pub struct Options {
    /// How requests reach the server.
    pub edge: Edge,
    /// Who may read `/metrics`.
    pub metrics: MetricsAccess,
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
            metrics: MetricsAccess::default(),
            max_request_bytes: 256 * 1024,
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
        }
    }
}

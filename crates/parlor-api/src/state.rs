//! What every handler has at hand.

use std::sync::Arc;

use parlor_core::Core;
use parlor_identity::Identity;
use parlor_model::{Env, UserId};
use prometheus_client::registry::Registry;

use crate::metrics::Metrics;
use crate::options::Options;

/// Tells whether a user is connected now.
pub type Presence = Arc<dyn Fn(UserId) -> bool + Send + Sync>;

/// Everything that the routes need. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// The use cases.
    pub core: Core,
    /// Passwords and sessions.
    pub identity: Identity,
    /// Who is connected.
    pub presence: Presence,
    /// The settings of the HTTP interface.
    pub options: Arc<Options>,
    /// What `/metrics` shows.
    pub registry: Arc<Registry>,
    /// The counters of the HTTP interface, registered in `registry`.
    pub metrics: Metrics,
}

impl ApiState {
    /// Puts the parts together. `registry` must be complete: register `metrics` (and the other crates' counters) first.
    pub fn new(
        core: Core,
        identity: Identity,
        presence: Presence,
        options: Options,
        registry: Registry,
        metrics: Metrics,
    ) -> Self {
        Self { core, identity, presence, options: Arc::new(options), registry: Arc::new(registry), metrics }
    }

    /// Time and randomness.
    pub(crate) fn env(&self) -> &Env {
        self.core.env()
    }
}

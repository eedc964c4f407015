//! Who is it: passwords, sessions and their tokens.
//!
//! This crate answers one question, "who speaks?", and keeps what the answer needs. What that somebody may do is for
//! `parlor-core`.

mod cookies;
mod devices;
mod error;
mod passwords;
mod sessions;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use parlor_model::{Env, WorkspaceId};
use parlor_store::Store;
use tokio::sync::OnceCell;

pub use cookies::{CookieNames, CookiePort};
pub use devices::DeviceId;
pub use error::Error;
pub use passwords::Whom;
pub use tokens::{Token, hash};

use passwords::Hasher;

/// What the people who run the server decided about signing in.
#[derive(Debug, Clone)]
pub struct IdentitySettings {
    /// How long a session lives after it was last seen.
    pub session_ttl: Duration,
    /// How many passwords are hashed at once. Each takes 46 MiB and a core.
    pub concurrent_hashes: usize,
    /// How many more may wait for that, of strangers and of those who are known; those beyond are told to come back.
    pub queued_hashes: usize,
}

impl Default for IdentitySettings {
    fn default() -> Self {
        let month = Duration::from_hours(30 * 24);
        Self { session_ttl: month, concurrent_hashes: 2, queued_hashes: 64 }
    }
}

/// Knows who speaks. Cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<Parts>);

struct Parts {
    store: Store,
    env: Env,
    workspace: WorkspaceId,
    settings: IdentitySettings,
    hasher: Hasher,
    device_key: OnceCell<[u8; devices::KEY]>,
}

impl Identity {
    /// Knows the users of one workspace.
    pub fn new(store: Store, env: Env, workspace: WorkspaceId, settings: IdentitySettings) -> Self {
        let hasher = Hasher::new(env.clone(), settings.concurrent_hashes, settings.queued_hashes);
        Self(Arc::new(Parts { store, env, workspace, settings, hasher, device_key: OnceCell::new() }))
    }
}

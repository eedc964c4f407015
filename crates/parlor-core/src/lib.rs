//! What Parlor does: one file an action, and all the rules.
//!
//! Every action takes an [`Actor`](parlor_model::Actor), loads what it needs through that actor, asks
//! [`policy`](parlor_model::policy), changes rows in one transaction, and tells the bus after the commit. Nothing here
//! knows of HTTP, WebSocket or JSON, and no password ever comes here.

mod accounts;
mod change;
mod error;
mod invites;
pub mod limits;
pub mod markdown;
mod messages;
mod rooms;
mod secret;
mod settings;

use std::sync::Arc;

use parlor_bus::Bus;
use parlor_model::{Env, WorkspaceId};
use parlor_store::Store;

pub use accounts::{Admission, Entered, ProfileChange, Registrant};
pub use error::{Error, Incident};
pub use invites::InvitePreview;
pub use limits::Limiter;
pub use messages::{ChangesPage, Cursor, History, SendMessage};
/// What [`Core::bus`] carries, for those who listen or tell.
pub use parlor_bus as bus;
pub use rooms::{NewRoom, RoomUpdate};
pub use settings::{Guests, Limits, Registration, Settings};

/// Everything Parlor can do. Cheap to clone.
#[derive(Clone)]
pub struct Core(Arc<Parts>);

struct Parts {
    store: Store,
    bus: Arc<dyn Bus>,
    env: Env,
    settings: Settings,
    limiter: Limiter,
    workspace: WorkspaceId,
}

impl Core {
    /// Starts on a store, and makes the workspace if there is none.
    pub async fn start(store: Store, bus: Arc<dyn Bus>, env: Env, settings: Settings) -> Result<Self, Error> {
        let fresh = WorkspaceId::generate(&env);
        let now = env.now();
        let workspace = store
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(workspace) = tx.workspace().await? {
                        return Ok::<_, Error>(workspace);
                    }
                    tx.insert_workspace(fresh, now).await?;
                    Ok(fresh)
                })
            })
            .await?;
        let limiter = Limiter::new(&settings.limits);
        Ok(Self(Arc::new(Parts { store, bus, env, settings, limiter, workspace })))
    }

    /// Time and randomness.
    pub fn env(&self) -> &Env {
        &self.0.env
    }

    /// What the people who run the server decided.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The rows, for readiness and shutdown. Rules live here, not there.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What just happened.
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.0.bus
    }

    /// Who did too much in a short time.
    pub fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    /// The one workspace of this server.
    pub fn workspace(&self) -> WorkspaceId {
        self.0.workspace
    }

    /// True if guests may look around without an invitation.
    fn guests_roam(&self) -> bool {
        self.0.settings.guests == Guests::Open
    }
}

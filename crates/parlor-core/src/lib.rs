//! What Parlor does: one file an action, and all the rules.
//!
//! Every action takes an [`Actor`](parlor_model::Actor), loads what it needs through that actor, asks
//! [`policy`](parlor_model::policy), changes rows in one transaction, and tells the bus after the commit. Nothing here
//! knows of HTTP, WebSocket or JSON, and no password ever comes here.

mod accounts;
mod admitted;
mod change;
mod error;
mod invites;
pub mod limits;
pub mod markdown;
mod messages;
mod moderation;
mod readiness;
mod renderings;
mod rooms;
mod secret;
mod settings;

use std::sync::Arc;

use parlor_bus::{Bus, Notice};
use parlor_model::{Env, RoomId, Seq, WorkspaceId};
use parlor_store::{Runs, Store};
use tokio::runtime::Handle;

use admitted::Admitted;
use limits::Budgets;

pub use accounts::{Admission, Entered, ProfileChange, Registrant};
pub use error::{Error, Incident};
pub use invites::InvitePreview;
pub use limits::{Limiter, SignIn};
pub use messages::{ChangesPage, Cursor, History, Outbox, SendMessage, Sent};
pub use moderation::MuteMember;
/// What [`Core::bus`] carries, for those who listen or tell.
pub use parlor_bus as bus;
pub use readiness::NotReady;
pub use renderings::{Counts as RenderingCounts, Renderings};
pub use rooms::{NewRoom, RoomUpdate, Roster};
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
    budgets: Budgets,
    renderings: Renderings,
    workspace: WorkspaceId,
    /// The runs of the server that the database remembers, this one too.
    runs: Runs,
    admitted: Arc<Admitted>,
    /// Where tasks run that are begun on other threads.
    runtime: Handle,
}

impl Core {
    /// Starts on a store: begins a run, and makes the workspace if there is none. From now on what the store commits is told on the
    /// bus, by the thread that commits it; so a store can have one core only.
    pub async fn start(store: Store, bus: Arc<dyn Bus>, env: Env, settings: Settings) -> Result<Self, Error> {
        let fresh = WorkspaceId::generate(&env);
        let now = env.now();
        let epoch = u32::from_be_bytes(env.random_bytes()) >> 1;
        let (workspace, runs) = store
            .write(move |tx| {
                Box::pin(async move {
                    let runs = tx.begin_run(epoch).await?;
                    if let Some(workspace) = tx.workspace().await? {
                        return Ok::<_, Error>((workspace, runs));
                    }
                    tx.insert_workspace(fresh, now).await?;
                    Ok((fresh, runs))
                })
            })
            .await?;
        let admitted = Arc::new(Admitted::default());
        let (hears, tells) = (Arc::clone(&admitted), Arc::clone(&bus));
        let listens = store.on_commit(move |events| {
            hears.hear(&events);
            tells.publish(Notice::Rooms(events));
        });
        if !listens {
            return Err(Error::Internal("the store has a core already".into()));
        }
        let limiter = Limiter::new(&settings.limits);
        let budgets = Budgets::new(&settings.limits);
        let renderings = Renderings::new(settings.limits.rendering_bytes, &budgets);
        let runtime = Handle::current();
        let parts = Parts {
            store,
            bus,
            env,
            settings,
            limiter,
            budgets,
            renderings,
            workspace,
            runs,
            admitted,
            runtime,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Time and randomness.
    pub fn env(&self) -> &Env {
        &self.0.env
    }

    /// What the people who run the server decided.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The HTML of messages.
    pub fn renderings(&self) -> &Renderings {
        &self.0.renderings
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

    /// Who has how much of what is scarce.
    pub fn budgets(&self) -> &Budgets {
        &self.0.budgets
    }

    /// Who was lately found to be allowed to write where.
    fn admitted(&self) -> &Admitted {
        &self.0.admitted
    }

    fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    /// The one workspace of this server.
    pub fn workspace(&self) -> WorkspaceId {
        self.0.workspace
    }

    /// The epoch of every position that is told from now until the server stops.
    fn epoch(&self) -> u32 {
        self.0.runs.epoch()
    }

    /// True if what a client learned of a room up to `seq`, when its epoch was `epoch`, is what this database has there.
    /// It is not if the database was restored from a backup that does not know of it. Such a position is void.
    pub fn position_holds(&self, room: RoomId, epoch: u32, seq: Seq) -> bool {
        self.0.runs.hold(room, epoch, seq)
    }

    /// True if guests may look around without an invitation.
    fn guests_roam(&self) -> bool {
        self.0.settings.guests == Guests::Open
    }
}

//! The gateway as the binary sees it: made once, mounted as a router, stopped in order.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use parlor_core::Core;
use parlor_identity::Identity;
use parlor_protocol::{CloseCode, WEBSOCKET_PATH};
use prometheus_client::registry::Registry;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::admission::Door;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::presence::PresenceView;
use crate::shard::Shards;
use crate::upgrade;
use crate::vital::Vitals;

/// The live sockets of this node. Cheap to clone; it works until [`Gateway::shutdown`] or until the last clone is
/// dropped.
#[derive(Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
    shards: Arc<Shards>,
    /// What runs beside the sessions. Ends when the last clone goes.
    tasks: Arc<Mutex<JoinSet<()>>>,
    vitals: Vitals,
}

/// What every session shares.
pub(crate) struct Shared {
    pub(crate) core: Core,
    pub(crate) identity: Identity,
    pub(crate) hub: Arc<Hub>,
    pub(crate) door: Arc<Door>,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    /// Where commands run.
    pub(crate) runtime: Handle,
}

/// What the route of the socket works with.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) shared: Arc<Shared>,
    pub(crate) shards: Arc<Shards>,
}

impl Gateway {
    /// Starts its threads and follows the bus. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// If the system has no descriptors or threads left.
    pub fn new(core: Core, identity: Identity, options: Options) -> std::io::Result<Self> {
        let idle = Shards::prepare(options.shards)?;
        let metrics = Metrics::default();
        let lifted = !core.settings().limits.enabled;
        let max_per_address = (!lifted).then_some(options.max_connections_per_address);
        let mut hub_options = options.clone();
        if lifted {
            hub_options.max_connections_per_user = usize::MAX;
        }
        let listener = core.bus().subscribe();
        let hub = Arc::new(Hub::new(Arc::new(core.clone()), idle.mailboxes(), hub_options, metrics.clone()));
        let mut tasks = JoinSet::new();
        let vitals = Vitals::default();
        tasks.spawn(vitals.of("hub-listen").during(Arc::clone(&hub).listen(listener)));
        tasks.spawn(vitals.of("hub-heads").during(Arc::clone(&hub).watch_heads()));
        let door = Arc::new(Door::new(max_per_address, metrics.clone()));
        let runtime = Handle::current();
        let shared = Arc::new(Shared { core, identity, hub, door, options, metrics, runtime });
        let shards = Arc::new(idle.start(&shared, &vitals)?);
        Ok(Self { shared, shards, tasks: Arc::new(Mutex::new(tasks)), vitals })
    }

    /// The route of the WebSocket. Whoever serves it wraps each socket in [`crate::Accepted`], so that it can be taken out
    /// of HTTP again, and puts a `ConnectInfo<SocketAddr>` into each request: without the peer's address the limits per
    /// address don't work.
    pub fn router(&self) -> Router {
        let entrance = Entrance { shared: Arc::clone(&self.shared), shards: Arc::clone(&self.shards) };
        let route = Router::new().route(WEBSOCKET_PATH, get(upgrade::handle)).with_state(entrance);
        parlor_edge::guard(route, &self.shared.options.edge)
    }

    /// Who is connected here.
    pub fn presence(&self) -> PresenceView {
        PresenceView::new(Arc::clone(&self.shared.hub.presence))
    }

    /// Adds the gateway's metrics to `registry`.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.shared.metrics.register(registry);
    }

    /// How many connections there are, those that have not said hello included.
    pub fn connections(&self) -> usize {
        self.shared.door.inside()
    }

    /// Waits until a thread or a task has panicked that the gateway can't do without, and names it. Never returns if that
    /// does not come. The server must end then: sockets would be left without anybody who serves them.
    pub async fn failed(&self) -> String {
        self.vitals.failed().await
    }

    /// Stops: lets nobody in any more, answers what is under way, tells everybody to come back, and waits for them to
    /// go, at most until `within` has passed. Returns how many were still there then.
    pub async fn shutdown(&self, within: Duration) -> usize {
        let door = &self.shared.door;
        door.close();
        self.shared.hub.end_all(CloseCode::GoingAway);
        // Who does not go in time is cut off when the process ends.
        let _ = tokio::time::timeout(within, door.emptied()).await;
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        let inside = door.inside();
        self.shards.stop();
        inside
    }
}

//! What the gateway counts. Nothing here changes what it does.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// The gateway's counters. Cheap to clone; all clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics {
    /// Living connections, those that have not said hello included.
    pub(crate) connections: Gauge,
    /// Text frames from clients.
    pub(crate) frames_in: Counter,
    /// Frames to clients.
    pub(crate) frames_out: Counter,
    /// Bytes of frames to clients, their headers included.
    pub(crate) bytes_out: Counter,
    /// Frames of rooms to clients: changes, each counted once a connection.
    pub(crate) deliveries: Counter,
    /// Changes that the hub took from the bus and encoded.
    pub(crate) events: Counter,
    /// Gaps that were filled from the store.
    pub(crate) repairs: Counter,
    /// Times that a connection had to be served from the store, resuming included.
    pub(crate) ring_misses: Counter,
    /// Connections that fell off a ring at least once while they were live.
    pub(crate) slow_sessions: Counter,
    /// Times that a client was told to read a room anew.
    pub(crate) resets: Counter,
    /// Times that the bus lost track.
    pub(crate) lags: Counter,
    /// Upgrades that were refused.
    pub(crate) refused: Counter,
}

impl Metrics {
    /// Adds every counter to `registry`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let gateway = registry.sub_registry_with_prefix("parlor_gateway");
        gateway.register("connections", "Living connections", self.connections.clone());
        gateway.register("frames_in", "Text frames from clients", self.frames_in.clone());
        gateway.register("frames_out", "Frames to clients", self.frames_out.clone());
        gateway.register_with_unit("out", "Bytes of frames to clients", Unit::Bytes, self.bytes_out.clone());
        gateway.register("deliveries", "Frames of rooms to clients", self.deliveries.clone());
        gateway.register("events", "Changes that were encoded", self.events.clone());
        gateway.register("repairs", "Gaps that were filled from the store", self.repairs.clone());
        gateway.register("ring_misses", "Reads of the store for a connection", self.ring_misses.clone());
        gateway.register("slow_sessions", "Connections that fell off a ring", self.slow_sessions.clone());
        gateway.register("resets", "Rooms that a client had to read anew", self.resets.clone());
        gateway.register("bus_lags", "Times that the bus lost track", self.lags.clone());
        gateway.register("refused", "Upgrades that were refused", self.refused.clone());
    }
}

//! The parts of a running server, put together. The only place that knows them all.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use parlor_api::ApiState;
use parlor_bus::MemoryBus;
use parlor_core::Core;
use parlor_gateway::Gateway;
use parlor_identity::Identity;
use parlor_store::{Planted, Store};
use prometheus_client::registry::Registry;

use super::budget_metrics::BudgetMetrics;
use super::rendering_metrics::RenderingMetrics;
use super::store_metrics::StoreMetrics;
use crate::config::{Configuration, PublicUrl};
use crate::{settings, system};

/// What serves. Cheap to clone.
#[derive(Clone)]
pub(super) struct Parts {
    /// The use cases.
    pub(super) core: Core,
    /// Passwords and sessions.
    pub(super) identity: Identity,
    gateway: Gateway,
    application: Router,
    watching: Router,
}

/// Opens the database.
///
/// # Errors
/// Why it can't be used, and what to do.
pub(super) async fn open_store(configuration: &Configuration) -> Result<Store> {
    let planted = Planted::from_environment()
        .map_err(|value| anyhow!("PARLOR_PLANTED_ERROR names no error that can be planted: {value:?}"))?;
    if planted != Planted::Nothing {
        tracing::warn!(planted = ?planted, "this server makes a deliberate error: it is for the crash tests only");
    }
    let database = settings::database(configuration);
    let store = Store::open(&database, settings::store(configuration, planted)).await?;
    tracing::debug!(database.engine = database.engine(), "the database is open");
    Ok(store)
}

impl Parts {
    /// Puts the parts together on an open database.
    pub(super) async fn assemble(
        configuration: &Configuration,
        store: Store,
        public_url: &PublicUrl,
    ) -> Result<Self> {
        let env = system::env();
        let bus = Arc::new(MemoryBus::default());
        let core = Core::start(store.clone(), bus, env.clone(), settings::core(configuration))
            .await
            .context("the database can't be used")?;
        let identity = Identity::new(store, env, core.workspace(), settings::identity(configuration));
        let edge = settings::edge(configuration, public_url);
        let gateway = Gateway::new(core.clone(), identity.clone(), settings::gateway(configuration, &edge))
            .context("the threads for live sockets could not be started")?;
        let presence = gateway.presence();
        let mut registry = Registry::default();
        let metrics = parlor_api::Metrics::register(&mut registry);
        gateway.register_metrics(&mut registry);
        registry.register_collector(Box::new(StoreMetrics(core.store().clone())));
        registry.register_collector(Box::new(BudgetMetrics(core.budgets().clone())));
        registry.register_collector(Box::new(RenderingMetrics(core.clone())));
        let state = ApiState::new(
            core.clone(),
            identity.clone(),
            Arc::new(move |user| presence.is_online(user)),
            settings::api(configuration, &edge),
            registry,
            metrics,
        );
        let watching = parlor_api::watching(state.clone());
        let application = parlor_api::router(state).merge(gateway.router());
        Ok(Self { core, identity, gateway, application, watching })
    }

    /// What answers requests.
    pub(super) fn application(&self) -> Router {
        self.application.clone()
    }

    /// What answers those who watch, on their own listener.
    pub(super) fn watching(&self) -> Router {
        self.watching.clone()
    }

    /// Tells every WebSocket to come back later, and waits for them to go. Returns how many did not in time.
    pub(super) async fn end_sockets(&self, within: Duration) -> usize {
        self.gateway.shutdown(within).await
    }

    /// Waits until a part of the live sockets has failed that the server can't do without, and names it.
    pub(super) async fn sockets_failed(&self) -> String {
        self.gateway.failed().await
    }

    /// Finishes what was begun and releases the database.
    pub(super) async fn close(&self) {
        self.core.store().close().await;
    }
}

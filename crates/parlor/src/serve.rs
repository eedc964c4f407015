//! Runs the server, from the first file to the last.
//!
//! Starting goes from the rows outwards, stopping the other way round: what a part needs is there before it, and still
//! there after it.

mod accept;
mod budget_metrics;
mod folder;
mod limits;
mod listener;
mod notify;
mod parts;
mod rendering_metrics;
mod signals;
mod store_metrics;
mod sweep;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use parlor_core::limits::{Scarce, Whose};
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::config::{Configuration, PublicUrl};
use crate::failure::{Ended, Failure};
use crate::settings;
pub(crate) use limits::refuse_huge_pages;
use parts::Parts;
use signals::Signals;

/// How long clients have to hear that the server ends because it can't go on.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves until a signal ends it. `started` is when the program began.
///
/// # Errors
/// Why it can't serve, or can't go on, and what to do.
pub(crate) fn run(configuration: &Configuration, started: Instant) -> Result<ExitCode, Failure> {
    limits::raise_open_files();
    let mut configuration = configuration.clone();
    configuration.limits.clamp_connections(limits::connections);
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("parlor")
        .build()
        .context("the system gives no threads")?;
    let outcome = runtime.block_on(serve(&configuration, started));
    // Whatever still runs after the last deadline is not waited for.
    runtime.shutdown_background();
    outcome
}

async fn serve(configuration: &Configuration, started: Instant) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen().context("the system lets nobody listen to signals")?;
    if configuration.database.url.is_none() {
        folder::prepare(&configuration.server.data_dir)?;
    }
    let store = parts::open_store(configuration).await?;
    let listener = match listener::bind(configuration.server.listen).await {
        Ok(listener) => listener,
        Err(error) => {
            store.close().await;
            return Err(error.into());
        }
    };
    let address = listener.local_addr().context("the system does not tell the port")?;
    let public_url =
        configuration.server.public_url.clone().unwrap_or_else(|| PublicUrl::of_listener(address));
    let parts = Parts::assemble(configuration, store, &public_url).await?;
    let watching = watch(configuration, &parts).await?;
    tell_ready(&parts, &public_url, started).await?;
    let outcome = serve_until_signal(configuration, parts, listener, &mut signals).await;
    // Whoever watches sees the server until its end.
    drop(watching);
    outcome
}

/// Answers those who watch, on the listener that the configuration names for them. Ends when what it returns is dropped.
async fn watch(configuration: &Configuration, parts: &Parts) -> Result<JoinSet<()>> {
    let mut watching = JoinSet::new();
    if let Some(address) = configuration.server.metrics_listen {
        let listener = listener::bind(address).await.context("server.metrics_listen")?;
        let address = listener.local_addr().context("the system does not tell the port")?;
        tracing::info!("metrics at http://{address}/metrics");
        let service = parts.watching().into_make_service_with_connect_info::<SocketAddr>();
        watching.spawn(async move {
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!(%error, "the listener for metrics ended");
            }
        });
    }
    Ok(watching)
}

/// Says where the server is, and how to become its owner while there is none. People read these lines, and programs too:
/// they are no part of the log.
async fn tell_ready(parts: &Parts, public_url: &PublicUrl, started: Instant) -> Result<()> {
    let setup = parts.core.issue_setup_token().await.context("can't make the setup link")?;
    eprintln!("Parlor is ready at {public_url}");
    if let Some(token) = setup {
        eprintln!("Create the owner's account: {public_url}/setup#{token}");
    }
    notify::ready();
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(start.milliseconds = milliseconds, "started");
    Ok(())
}

/// Serves, and stops in order at the first signal; a second one ends the program where it stands.
async fn serve_until_signal(
    configuration: &Configuration,
    parts: Parts,
    listener: TcpListener,
    signals: &mut Signals,
) -> Result<ExitCode, Failure> {
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async move {
        // The sender is only dropped to stop.
        let _ = stopped.await;
    };
    let terms = terms(configuration, &parts);
    let mut accepting = tokio::spawn(accept::accept(listener, parts.application(), terms, until));
    let sweeping = tokio::spawn(sweep::sweep(parts.clone()));
    let signal = tokio::select! {
        signal = signals.next() => signal,
        ended = ended(&parts, &mut accepting) => {
            parts.end_sockets(LAST_WORDS).await;
            return Err(Failure::Ended(ended));
        }
    };
    tracing::info!(signal, "stopping");
    notify::stopping();
    drop(stop);
    sweeping.abort();
    let stopping = finish(parts, accepting, configuration.server.stop_within.get());
    tokio::select! {
        outcome = stopping => Ok(outcome.map(|()| ExitCode::SUCCESS)?),
        signal = signals.second() => {
            tracing::warn!(signal, "stopped at once; what was acknowledged is on disk");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn terms(configuration: &Configuration, parts: &Parts) -> accept::Terms {
    let proxies = configuration.server.trusted_proxies.clone();
    accept::Terms {
        places: Arc::clone(parts.core.budgets().of(Scarce::Connections)),
        // A proxy brings everybody.
        whose: Box::new(move |peer| {
            if proxies.contain(peer.ip().to_canonical()) { Whose::NOBODY } else { Whose::at(peer.ip()) }
        }),
        patience: settings::patience(configuration),
    }
}

/// Waits for what the server can't go on without to fail.
async fn ended(parts: &Parts, accepting: &mut tokio::task::JoinHandle<accept::Open>) -> Ended {
    tokio::select! {
        fatal = parts.core.store().failed() => fatal.into(),
        name = parts.sockets_failed() => Ended::Panicked(name),
        // It ends only when it is told to.
        _ = accepting => Ended::Panicked("accept".to_owned()),
    }
}

/// Ends the sockets and the requests, then the store.
async fn finish(
    parts: Parts,
    accepting: tokio::task::JoinHandle<accept::Open>,
    within: Duration,
) -> Result<()> {
    let open = accepting.await.context("taking connections failed")?;
    let (sockets, requests) =
        tokio::join!(parts.end_sockets(within), tokio::time::timeout(within, open.finish()));
    if sockets > 0 || requests.is_err() {
        let deadline = within.as_secs();
        tracing::warn!(deadline.seconds = deadline, "some sockets or requests did not end in time");
    }
    parts.close().await;
    tracing::info!("stopped");
    Ok(())
}

//! Kills the server, again and again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use parlor_testkit::Server;
use rand::RngExt;
use rand::rngs::StdRng;

use super::Options;
use super::ground::Ground;
use crate::figures::Times;

/// So many acknowledgements after a start, at most, the next kill is prepared, and so many milliseconds later it comes.
const ACKNOWLEDGEMENTS: u64 = 60;
const MILLISECONDS: u64 = 150;
/// One of so many kills hits the server while it starts, at most so many milliseconds after it was begun.
const EARLY_ONE_IN: u32 = 6;
const EARLY_MILLISECONDS: u64 = 120;
/// How long the load may take to come to life after a start.
const LOAD_DEADLINE: Duration = Duration::from_secs(30);
/// How often a start is tried: something else may hold the port for a moment.
const STARTS: usize = 5;

/// What the kills did.
#[derive(Debug, Default)]
pub(super) struct Kills {
    pub(super) under_load: usize,
    pub(super) while_starting: usize,
    /// From the beginning of a start to readiness.
    pub(super) restarts: Times,
}

impl Kills {
    fn count(&self) -> usize {
        self.under_load + self.while_starting
    }
}

/// Kills as often as asked for, and leaves the server running.
pub(super) async fn run(
    server: &mut Server,
    ground: &Ground,
    options: &Options,
    random: &mut StdRng,
) -> Result<Kills> {
    let bar = if options.progress { ProgressBar::new(options.kills as u64) } else { ProgressBar::hidden() };
    let mut kills = Kills::default();
    while kills.count() < options.kills {
        load(ground, random)
            .await
            .with_context(|| format!("after {} kills\n{}", kills.count(), server.log()))?;
        server.kill().await?;
        ground.set_up(false);
        kills.under_load += 1;
        if kills.count() < options.kills && random.random_ratio(1, EARLY_ONE_IN) {
            let delay = Duration::from_millis(random.random_range(0..EARLY_MILLISECONDS));
            server.restart_and_kill(delay).await?;
            kills.while_starting += 1;
        }
        let start = Instant::now();
        restart(server).await?;
        kills.restarts.add_since(start);
        ground.set_up(true);
        bar.set_position(kills.count() as u64);
    }
    load(ground, random).await.context("after the last kill")?;
    bar.finish_and_clear();
    Ok(kills)
}

/// Waits until the server is under load, and then for a random moment.
async fn load(ground: &Ground, random: &mut StdRng) -> Result<()> {
    let mut acknowledged = ground.acknowledged();
    let wanted = *acknowledged.borrow() + random.random_range(1..=ACKNOWLEDGEMENTS);
    let under_load = acknowledged.wait_for(|count| *count >= wanted);
    tokio::time::timeout(LOAD_DEADLINE, under_load).await.context("nothing is acknowledged any more")??;
    tokio::time::sleep(Duration::from_millis(random.random_range(0..MILLISECONDS))).await;
    Ok(())
}

async fn restart(server: &mut Server) -> Result<()> {
    for _ in 1..STARTS {
        if server.restart().await.is_ok() {
            return Ok(());
        }
    }
    server.restart().await
}

//! One who takes as much as they can of something, and fifty who chat meanwhile: how long each message of the fifty takes
//! until it is acknowledged, without the greedy one and beside each kind of them.

mod fifty;
mod kinds;
mod stranger;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use parlor_testkit::{Options, Person, Server};
use serde::Serialize;

use crate::figures::Times;
use crate::measure::process;
use fifty::Fifty;
pub use kinds::Greed;

/// How many times longer it may take beside a greedy one.
const BOUND: f64 = 2.0;
/// How often each kind is measured, in turn: what the disk happens to do changes the p99 of one stretch threefold.
const ROUNDS: usize = 3;
/// The long messages in the room that greedy ones read.
const LONG: usize = 100;

/// How it is measured.
#[derive(Debug)]
pub struct Settings {
    /// The server, which is started with its limits as they are by default.
    pub binary: PathBuf,
    /// How long each stretch is measured.
    pub stretch: Duration,
}

/// What was found out.
#[derive(Debug, Serialize)]
pub struct Report {
    /// One for each kind.
    pub stretches: Vec<Stretch>,
}

/// The fifty without and with a greedy one.
#[derive(Debug, Serialize)]
pub struct Stretch {
    /// What was taken.
    pub greed: Greed,
    /// The p99 of the fifty without anybody greedy, in milliseconds: the median of all rounds of all kinds.
    pub quiet: f64,
    /// The p99 of the fifty meanwhile, in milliseconds: the median of the rounds of this kind.
    pub beside: f64,
    /// How much memory the server had more at the end of a round, in bytes: the most.
    pub memory: i64,
    /// How many messages of the fifty were not acknowledged.
    pub lost: u64,
}

/// Where it happens.
pub(crate) struct Ground {
    pub(crate) server: Server,
    /// Whoever is greedy.
    pub(crate) greedy: Person,
    /// A room with long messages, in which the greedy one is.
    pub(crate) long: String,
    /// A room in which the greedy one may write.
    pub(crate) own: String,
}

impl Stretch {
    fn of(greed: Greed, quiet: f64, rounds: &[&Round]) -> Self {
        Self {
            greed,
            quiet,
            beside: median(rounds.iter().map(|round| round.beside.p99())),
            memory: rounds.iter().map(|round| round.memory).max().unwrap_or_default(),
            lost: rounds.iter().map(|round| round.quiet.lost + round.beside.lost).sum(),
        }
    }

    /// How many times longer it took.
    pub fn ratio(&self) -> f64 {
        self.beside / self.quiet
    }

    /// True if the fifty had what they should have.
    pub fn holds(&self) -> bool {
        self.lost == 0 && self.ratio() <= BOUND
    }
}

impl Report {
    fn of(rounds: &[Round]) -> Self {
        let quiet = median(rounds.iter().map(|round| round.quiet.p99()));
        let stretches = Greed::ALL.into_iter().map(|greed| {
            let of_this_kind: Vec<_> = rounds.iter().filter(|round| round.greed == greed).collect();
            Stretch::of(greed, quiet, &of_this_kind)
        });
        Self { stretches: stretches.collect() }
    }

    /// How many kinds did not hold.
    pub fn wrongs(&self) -> usize {
        self.stretches.iter().filter(|stretch| !stretch.holds()).count()
    }
}

/// Measures all kinds.
///
/// # Errors
/// The server can't be used.
pub async fn run(settings: &Settings) -> Result<Report> {
    let (ground, fifty) = prepare(settings).await?;
    // What is done for the first time takes longer.
    fifty.chat(settings.stretch / 2).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        for greed in Greed::ALL {
            let round = round(greed, &ground, &fifty, settings.stretch).await?;
            eprintln!("{round}");
            rounds.push(round);
        }
    }
    drop(fifty);
    ground.server.stop().await?;
    Ok(Report::of(&rounds))
}

/// The fifty without somebody greedy, then with them.
struct Round {
    greed: Greed,
    quiet: Chatted,
    beside: Chatted,
    memory: i64,
}

async fn round(greed: Greed, ground: &Ground, fifty: &Fifty, stretch: Duration) -> Result<Round> {
    let pid = ground.server.pid().context("the server has a process")?;
    let quiet = fifty.chat(stretch).await;
    let before = process::resident(pid)?;
    let greedy = greed.begin(ground).await?;
    let beside = fifty.chat(stretch).await;
    let memory = process::resident(pid)?.cast_signed() - before.cast_signed();
    drop(greedy);
    Ok(Round { greed, quiet, beside, memory })
}

async fn prepare(settings: &Settings) -> Result<(Ground, Fifty)> {
    let options = Options::new(&settings.binary).env("PARLOR_LIMITS_ENABLED", "true");
    let server = Server::start(options).await?;
    let owner = server.owner().await?;
    let room = owner.room("Harbour").await?.id;
    let greedy = server.guest("Greedy").await?;
    let (long, own) = (owner.room("Long").await?.id, owner.room("Own").await?.id);
    for room in [&long, &own] {
        greedy.client.join_room(room).await?;
    }
    let connection = owner.connect().await?;
    for number in 0..LONG {
        let body = format!("{number} {}", kinds::marked_up(15_000));
        // The limits are as they are by default, also for who prepares.
        while kinds::say(&connection, &long, &body).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let fifty = Fifty::gather(&server, &room).await?;
    Ok((Ground { server, greedy, long, own }, fifty))
}

impl fmt::Display for Round {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { greed, quiet, beside, .. } = self;
        write!(
            formatter,
            "{:<12} quiet p99 {:>8.2} ms, beside {:>8.2} ms",
            greed.to_string(),
            quiet.p99(),
            beside.p99()
        )
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:<12} quiet p99 {:>8.2} ms, beside {:>8.2} ms, ratio {:>5.2}, memory {:>+6.1} MiB, lost {}{}",
            self.greed.to_string(),
            self.quiet,
            self.beside,
            self.ratio(),
            mebibytes(self.memory),
            self.lost,
            if self.holds() { "" } else { "  ← too much" },
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for stretch in &self.stretches {
            writeln!(formatter, "{stretch}")?;
        }
        writeln!(formatter, "{} of {} kinds hold", self.stretches.len() - self.wrongs(), self.stretches.len())
    }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[expect(clippy::cast_precision_loss, reason = "a figure with one place behind the point")]
fn mebibytes(bytes: i64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// How long the messages of the fifty took.
#[derive(Debug, Default)]
pub(crate) struct Chatted {
    pub(crate) times: Times,
    pub(crate) lost: u64,
}

impl Chatted {
    fn p99(&self) -> f64 {
        self.times.milliseconds_at(0.99)
    }
}

//! Plays a day of a channel against a server over real sockets, and checks that everybody saw what they should have.
//!
//! One connection a nick; one item after the other, each when the one before was acknowledged, or not before its
//! time. Afterwards the room is read back and the whole history judged.

mod limits;
mod observer;
mod person;
mod play;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use parlor_client::Client;
use parlor_client::protocol::{CreateRoom, Register};
use rand::Rng;

use crate::figures::Usage;
use crate::history::{self, Facts, Reading};
use crate::irc::Log;
use crate::readback;
use play::Play;
pub use report::{FileReport, Report, Skipped};

/// How logs are replayed.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server's address. It has to let strangers register and guests in.
    pub server: String,
    /// The server's process, where it runs on this machine: its use of the processor and of memory is reported.
    pub pid: Option<u32>,
    /// So many times faster than it happened; `None` for as fast as acknowledgements allow.
    pub speed: Option<f64>,
    /// True to show a progress bar on standard error.
    pub progress: bool,
}

/// Replays the files one after the other, each into a room of its own.
///
/// # Errors
/// A file can't be read, or the server can't be used. Discrepancies are in the report.
pub async fn run(options: &Options, files: &[PathBuf]) -> Result<Report> {
    let stage = Stage::prepare(options).await?;
    let mut reports = Vec::with_capacity(files.len());
    for file in files {
        let log = Log::read(file)?;
        let report = stage.replay(&log).await.with_context(|| format!("while replaying {}", log.name))?;
        if options.progress {
            eprintln!("{}: {:.1} s, {} findings", report.file, report.seconds, report.findings.len());
        }
        reports.push(report);
    }
    Ok(Report { files: reports })
}

/// The server, and the account that makes the rooms.
struct Stage<'a> {
    options: &'a Options,
    nobody: Client,
    host: Client,
    max_body_bytes: usize,
    tag: String,
}

impl<'a> Stage<'a> {
    async fn prepare(options: &'a Options) -> Result<Self> {
        let nobody = Client::new(&options.server)?;
        let info = nobody.server_info().await.context("the server does not answer")?;
        if info.registration != "open" || info.guests != "open" {
            bail!("the server must run with PARLOR_REGISTRATION=open and PARLOR_GUESTS=open");
        }
        let tag = format!("{:08x}", rand::rng().next_u32());
        let register = Register {
            username: format!("replay-{tag}"),
            password: format!("{:032x}", u128::from(rand::rng().next_u64())),
            display_name: None,
            invite: None,
            setup_token: None,
            cookie: false,
        };
        let host = nobody.signed_in(&nobody.register(&register).await?)?;
        Ok(Self { options, nobody, host, max_body_bytes: usize::try_from(info.max_body_bytes)?, tag })
    }

    async fn replay(&self, log: &Log) -> Result<FileReport> {
        limits::check_descriptors(log.nicks().len())?;
        let room = self.room(log).await?;
        let facts = Arc::new(Facts::default());
        let usage_before = self.usage();
        let start = Instant::now();
        let mut play = Play::new(&self.nobody, Arc::clone(&room), self.max_body_bytes, Arc::clone(&facts));
        play.perform(log, self.options).await?;
        let seconds = start.elapsed().as_secs_f64();
        let usage = usage_before.zip(self.usage());
        let head = self.host.room(&room).await?.head;
        let mut readings = play.readings(head).await;
        let watched: usize = readings.iter().map(Reading::deliveries).sum();
        readings.append(&mut readback::read_room(&self.host, &room, head, &facts).await?);
        let mut findings = history::check(play.attempts(), &readings);
        let mut report = FileReport::new(log, &play, seconds, usage);
        report.deliveries = watched;
        report.read_back = readings.iter().map(Reading::deliveries).sum::<usize>() - watched;
        report.findings.append(&mut findings);
        play.end().await;
        Ok(report)
    }

    async fn room(&self, log: &Log) -> Result<Arc<str>> {
        let room =
            CreateRoom { name: format!("{} {}", log.name, self.tag), kind: "public".to_owned(), topic: None };
        Ok(self.host.create_room(&room).await?.id.into())
    }

    fn usage(&self) -> Option<Usage> {
        self.options.pid.and_then(Usage::of_process)
    }
}

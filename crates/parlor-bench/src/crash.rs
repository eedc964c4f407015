//! Kills a server with SIGKILL at random moments under load, starts it again, and checks what became of everything.
//!
//! Several people send into several rooms, over WebSocket with many sends under way and over HTTP; whoever gets no
//! answer sends the same again with the same nonce, and now and then also what was answered. Readers stay connected
//! and resume. Afterwards every room is read back and the whole history judged.

mod body;
mod ground;
mod http_sender;
mod killer;
mod outbox;
mod reader;
mod report;
mod socket_sender;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use parlor_testkit::{Database, Person, Server};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::task::JoinHandle;

use crate::history::{self, Reading};
use crate::readback;
use ground::{Ground, Phase};
use outbox::Outbox;
use reader::Reader;
pub use report::Report;

const ROOMS: usize = 3;
const SOCKET_SENDERS: usize = 5;
const HTTP_SENDERS: usize = 3;
const READERS: usize = 3;
/// How long the last sends and the readers may take after the last kill.
const SETTLING: Duration = Duration::from_mins(1);

/// How a crash run goes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server.
    pub binary: PathBuf,
    /// What it runs on.
    pub database: Database,
    /// How often it is killed.
    pub kills: usize,
    /// Decides what is said and when the server is killed; the machine decides the rest.
    pub seed: u64,
    /// An error to plant: `early-ack` or `ignore-nonce`. The binary must have the feature `planted-errors`.
    pub planted: Option<String>,
    /// True to show a progress bar on standard error.
    pub progress: bool,
}

/// Runs it.
///
/// # Errors
/// The server can't be started, again or at all, or does not answer. What is wrong with its answers is in the report.
pub async fn run(options: &Options) -> Result<Report> {
    let settings = parlor_testkit::Options::new(&options.binary).database(options.database);
    let mut server = Server::start(settings).await?;
    let host = server.member("host").await?;
    let ground = Arc::new(Ground::new(rooms(&host).await?));
    let mut random = StdRng::seed_from_u64(options.seed);
    let senders = guests(&server, &ground, "sender", SOCKET_SENDERS + HTTP_SENDERS).await?;
    let readers = guests(&server, &ground, "reader", READERS).await?;
    plant(&mut server, options).await?;
    let senders = start_senders(senders, &ground, &mut random);
    let readers = start_readers(readers, &ground).await?;
    let start = Instant::now();
    let kills = killer::run(&mut server, &ground, options, &mut random).await?;
    ground.enter(Phase::Drain);
    let outboxes = joined(senders).await.context("while the last sends were answered")?;
    let seconds = start.elapsed().as_secs_f64();
    let mut readings = settle(&host, &ground, readers).await?;
    for room in &ground.rooms {
        let head = host.client.room(room).await?.head;
        readings.append(&mut readback::read_room(&host.client, room, head, &ground.facts).await?);
    }
    server.stop().await?;
    let mut report = Report::new(options, &kills, seconds);
    report.add(&outboxes, &readings);
    let attempts: Vec<_> = outboxes.into_iter().flat_map(|outbox| outbox.attempts).collect();
    report.findings = history::check(&attempts, &readings);
    Ok(report)
}

async fn rooms(host: &Person) -> Result<Vec<Arc<str>>> {
    let mut rooms = Vec::new();
    for number in 1..=ROOMS {
        rooms.push(host.room(&format!("room {number}")).await?.id.into());
    }
    Ok(rooms)
}

/// So many guests, who are in every room.
async fn guests(server: &Server, ground: &Ground, name: &str, count: usize) -> Result<Vec<Person>> {
    let mut guests = Vec::with_capacity(count);
    for number in 0..count {
        let guest = server.guest(&format!("{name} {number}")).await?;
        for room in &ground.rooms {
            guest.client.join_room(room).await?;
        }
        guests.push(guest);
    }
    Ok(guests)
}

/// Starts the server again with the planted error, if there is one: not before everything is prepared, because nothing
/// can be prepared on a server that answers before it has done what it was asked.
async fn plant(server: &mut Server, options: &Options) -> Result<()> {
    if let Some(error) = &options.planted {
        server.set_env("PARLOR_PLANTED_ERROR", error);
        server.restart().await?;
    }
    Ok(())
}

fn start_senders(
    people: Vec<Person>,
    ground: &Arc<Ground>,
    random: &mut StdRng,
) -> Vec<JoinHandle<Result<Outbox>>> {
    let start = |(number, person): (usize, Person)| {
        let outbox = Outbox::new(&person, Arc::clone(ground), StdRng::seed_from_u64(random.next_u64()));
        if number < SOCKET_SENDERS {
            tokio::spawn(socket_sender::run(person.client, outbox))
        } else {
            tokio::spawn(http_sender::run(person.client, outbox))
        }
    };
    people.into_iter().enumerate().map(start).collect()
}

async fn start_readers(
    people: Vec<Person>,
    ground: &Arc<Ground>,
) -> Result<Vec<JoinHandle<Result<Vec<Reading>>>>> {
    let mut readers = Vec::with_capacity(people.len());
    for person in people {
        let reader = Reader::new(person.user.display_name, person.client, Arc::clone(ground)).await?;
        readers.push(tokio::spawn(reader.run()));
    }
    Ok(readers)
}

async fn joined<T: Send + 'static>(tasks: Vec<JoinHandle<Result<T>>>) -> Result<Vec<T>> {
    let all = futures_util::future::join_all(tasks);
    let outcomes = tokio::time::timeout(SETTLING, all).await.context("it took too long")?;
    outcomes.into_iter().map(|outcome| outcome?).collect()
}

/// Lets the readers come to the heads of all rooms, and takes what they saw.
async fn settle(
    host: &Person,
    ground: &Ground,
    readers: Vec<JoinHandle<Result<Vec<Reading>>>>,
) -> Result<Vec<Reading>> {
    let mut heads = Vec::new();
    for room in &ground.rooms {
        heads.push(host.client.room(room).await?.head);
    }
    ground.enter(Phase::Finish(heads));
    Ok(joined(readers).await?.into_iter().flatten().collect())
}

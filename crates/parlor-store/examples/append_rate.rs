//! Measures how many messages a second the store appends durably, for a given number of senders who each wait for their
//! answer: `cargo run --release -p parlor-store --example append_rate -- [senders] [seconds] [rooms] [postgres://…]`.
//!
//! “CPU” is that of the whole process, as Linux counts it: the senders' tasks, the store and the kernel's work for both.
//! Without an address it uses SQLite in a new folder below the current one. A PostgreSQL database must be empty.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parlor_model::{
    Body, DisplayName, MessageId, MessageKind, Nonce, Role, Room, RoomId, RoomKind, RoomName, Slug,
    Timestamp, Topic, User, UserId, Username, WorkspaceId,
};
use parlor_store::{Append, Database, Error, NewMessage, Options, Store};

const BODY_BYTES: usize = 100;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let senders: u64 = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let rooms: u64 = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let folder = Path::new("append-rate-data");
    let database = arguments.next().map_or_else(|| Database::sqlite(folder), Database::postgres);
    let began = Instant::now();
    let store = Store::open(&database, Options::default()).await?;
    println!("{}: opened in {:.1} ms", database.engine(), began.elapsed().as_secs_f64() * 1e3);
    fill(&store, senders, rooms).await?;
    measure(&store, senders, rooms, Duration::from_secs(seconds)).await?;
    store.close().await;
    if matches!(database, Database::Sqlite { .. }) {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn id(kind: u8, number: u64) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// Adds one user for each sender, and the rooms.
async fn fill(store: &Store, senders: u64, rooms: u64) -> Result<(), Error> {
    let workspace = WorkspaceId::from_bytes([1; 16]);
    let created_at = Timestamp::from_millis(0);
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.insert_workspace(workspace, created_at).await?;
                for number in 0..senders {
                    let username = Username::stored(format!("sender{number:05}"));
                    let display_name = DisplayName::from(&username);
                    let id = UserId::from_bytes(id(2, number));
                    let user = User {
                        id,
                        workspace,
                        username,
                        display_name,
                        role: Role::Member,
                        invited: false,
                        created_at,
                    };
                    tx.insert_user(&user, None).await?;
                }
                for number in 0..rooms {
                    tx.insert_room(&room(workspace, number)).await?;
                }
                Ok(())
            })
        })
        .await
}

fn room(workspace: WorkspaceId, number: u64) -> Room {
    let name = RoomName::stored(format!("Room {number:05}"));
    Room {
        id: RoomId::from_bytes(id(3, number)),
        workspace,
        slug: Slug::from_name(&name, None),
        name,
        kind: RoomKind::Private,
        topic: Topic::default(),
        head: 0,
        access_seq: 0,
        changed_seq: 0,
        epoch: 1,
        member_count: 0,
        created_at: Timestamp::from_millis(0),
    }
}

async fn measure(store: &Store, senders: u64, rooms: u64, duration: Duration) -> Result<(), Failure> {
    let sent = Arc::new(AtomicU64::new(0));
    let (began, cpu) = (Instant::now(), cpu_ticks()?);
    let tasks: Vec<_> = (0..senders)
        .map(|sender| {
            let (store, sent) = (store.clone(), Arc::clone(&sent));
            tokio::spawn(async move {
                let mut slowest = Duration::ZERO;
                while began.elapsed() < duration {
                    let number = sent.fetch_add(1, Ordering::Relaxed);
                    let asked = Instant::now();
                    store.append(append(sender, number, rooms)).await?;
                    slowest = slowest.max(asked.elapsed());
                }
                Ok::<_, Failure>(slowest)
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for task in tasks {
        slowest = slowest.max(task.await??);
    }
    let elapsed = began.elapsed().as_secs_f64();
    let cpu = cpu_ticks()? - cpu;
    let metrics = store.metrics();
    #[expect(clippy::cast_precision_loss, reason = "for display")]
    let (appended, commits, checkpoints) =
        (metrics.appended as f64, metrics.commits as f64, metrics.checkpoints.max(1) as f64);
    println!(
        "{senders} senders, {rooms} rooms: {:.0} appends/s, {:.1} µs CPU an append, {:.0} a commit, {:.2} ms a commit, \
         {} checkpoints of {:.1} ms, slowest {:.1} ms",
        appended / elapsed,
        cpu * 1e6 / TICKS_A_SECOND / appended,
        appended / commits,
        metrics.commit_time.as_secs_f64() * 1e3 / commits,
        metrics.checkpoints,
        metrics.checkpoint_time.as_secs_f64() * 1e3 / checkpoints,
        slowest.as_secs_f64() * 1e3,
    );
    Ok(())
}

fn append(sender: u64, number: u64, rooms: u64) -> Append {
    let message = NewMessage {
        id: MessageId::from_bytes(id(4, number)),
        author: UserId::from_bytes(id(2, sender)),
        kind: MessageKind::Text,
        body: Body::stored("x".repeat(BODY_BYTES)),
        // Like those of the clients: time, and then something random.
        nonce: Nonce::new(format!("{number:010}{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).ok(),
        reply_to: None,
        sent_at: Timestamp::from_millis(0),
    };
    Append { room: RoomId::from_bytes(id(3, number % rooms)), access_version: 0, message }
}

/// How finely Linux counts the time of a process.
const TICKS_A_SECOND: f64 = 100.0;

/// The time that this process has had, in ticks.
fn cpu_ticks() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/stat")?;
    // The name may hold anything, so what is counted begins after its bracket: user and system are fields 14 and 15.
    let fields = status.rsplit(')').next().unwrap_or_default();
    let ticks: Result<Vec<f64>, _> = fields.split_whitespace().skip(11).take(2).map(str::parse).collect();
    Ok(ticks?.iter().sum())
}

//! A power cut takes whatever was not synced, in any part. Whatever was acknowledged before is there afterwards.
//!
//! A store works once while the disk remembers every write and sync. Then the power is cut at random moments of that
//! record, each time on files of their own, and a new store is opened on what is left. `PARLOR_POWER_CUTS` says how
//! often (100 if it says nothing).

use std::path::Path;
use std::sync::Arc;

use parlor_model::Seq;
use parlor_store::{Database, Options, Store};
use rusqlite::Connection;

use crate::disk::{Answer, Disk, Files, Replay, Step, content};
use crate::support::{Dice, FILE, append, leave, open, prepared, send, text, try_history};

/// How many messages are sent: enough for the log to be copied into the file, and to begin anew.
const MESSAGES: u64 = 900;
/// After so many the log has more than the thousand pages after which it is copied: they are as long as 1,300 of them.
const LONG_ENOUGH: u64 = 800;

/// How long the message of this number is: some fill a part of a page, some several.
fn length(number: u64) -> usize {
    usize::try_from(number * 7_919 % 14_000).unwrap() + 20
}

/// What a store did, and the files that it began with.
struct Record {
    before: Files,
    steps: Vec<Step>,
}

/// Sends in groups of all sizes, and notes on the disk who was told what.
async fn work() -> Record {
    let (folder, disk) = prepared().await;
    let before = content(folder.path(), FILE);
    disk.record();
    let store = open(folder.path()).await;
    let (mut dice, mut next) = (Dice(7), 1);
    while next <= MESSAGES {
        let size = [1, 2, 5, 40][dice.roll(4)];
        let group = (next..(next + size).min(MESSAGES + 1)).map(|number| submit(&store, &disk, number));
        for answered in group.collect::<Vec<_>>() {
            answered.await.unwrap();
        }
        next += size;
        // The log is long enough to be copied by now, which happens while nobody waits: so nobody does for a moment.
        while next > LONG_ENOUGH && store.metrics().checkpoints == 0 {
            std::thread::yield_now();
        }
    }
    store.close().await;
    Record { before, steps: disk.recorded() }
}

fn submit(store: &Store, disk: &Arc<Disk>, number: u64) -> tokio::sync::oneshot::Receiver<()> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let disk = Arc::clone(disk);
    store.submit(append(number, length(number)), move |outcome| {
        disk.told((number, outcome.unwrap().message.seq));
        tell.send(()).unwrap();
    });
    told
}

/// The moments of so many cuts, in order.
fn moments(record: &Record, cuts: usize, dice: &mut Dice) -> Vec<usize> {
    let mut moments: Vec<usize> = (0..cuts).map(|_| dice.roll(record.steps.len() + 1)).collect();
    moments.sort_unstable();
    moments
}

/// Opens what a cut left, and says what is wrong with it: nothing, or which acknowledged message is lost.
async fn judge(folder: &Path, acknowledged: &[Answer]) -> Result<(), String> {
    let opened = Store::open(&Database::sqlite(folder), Options::default()).await;
    let store = opened.map_err(|error| error.to_string())?;
    let kept = try_history(&store).await.map_err(|error| error.to_string())?;
    for (index, message) in kept.iter().enumerate() {
        let number: u64 = message.nonce.as_ref().unwrap().as_str().parse().unwrap();
        if message.seq != index as Seq + 1 || message.body.as_str() != text(number, length(number)) {
            return Err(format!("place {} holds message {number} of {}", index + 1, message.seq));
        }
    }
    for &(number, seq) in acknowledged {
        let stored = usize::try_from(seq - 1).ok().and_then(|index| kept.get(index));
        if stored.is_none_or(|stored| stored.id != append(number, 1).message.id) {
            return Err(format!("message {number} was acknowledged at place {seq}, and is lost"));
        }
    }
    // A client that repeats what it heard nothing of gets one place, and what was there goes on.
    if let Some(&(number, seq)) = acknowledged.last() {
        let again = send(&store, number, length(number)).await.unwrap();
        assert_eq!((again.message.seq, again.repeated), (seq, true));
    }
    let new = send(&store, MESSAGES + 1, 100).await.unwrap();
    assert_eq!(new.message.seq, kept.len() as Seq + 1);
    store.close().await;
    let check = Connection::open(folder.join(FILE)).unwrap();
    let verdict: String = check.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    if verdict == "ok" { Ok(()) } else { Err(verdict) }
}

/// Cuts the power at these moments, and returns what was wrong at the first at which something was.
async fn cut_at(record: &Record, moments: &[usize], syncs: bool, dice: &mut Dice) -> Result<(), String> {
    let mut replay = Replay::new(record.before.clone());
    replay.syncs = syncs;
    let mut acknowledged = Vec::new();
    let mut played = 0;
    for &moment in moments {
        for step in &record.steps[played..moment] {
            replay.play(step);
            if let Step::Told(answer) = step {
                acknowledged.push(*answer);
            }
        }
        played = moment;
        let folder = leave(&replay.cut(dice));
        judge(folder.path(), &acknowledged)
            .await
            .map_err(|wrong| format!("cut at step {moment}: {wrong}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let cuts = std::env::var("PARLOR_POWER_CUTS").map_or(100, |cuts| cuts.parse().unwrap());
    let record = work().await;
    let mut dice = Dice(cuts as u64);
    let moments = moments(&record, cuts, &mut dice);
    cut_at(&record, &moments, true, &mut dice).await.unwrap();
}

/// The same judge finds out a disk that says it has synced and has not.
#[tokio::test]
async fn a_disk_that_lies_is_found_out() {
    let record = work().await;
    let mut dice = Dice(1);
    let moments = moments(&record, 20, &mut dice);
    let wrong = cut_at(&record, &moments, false, &mut dice).await;
    assert!(wrong.is_err(), "nobody noticed");
}

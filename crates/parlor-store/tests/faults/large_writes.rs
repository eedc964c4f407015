//! The log is written in few pieces, and what waits to be written is found by whoever needs it.

use crate::disk::{Disk, Step};
use crate::support::{LOG, history, open, prepared, send_as_a_group, text};

/// How much a commit may leave to a piece of its own on average, in bytes. A page has 4,096.
const LEAST: usize = 64 * 1024;

/// How many bytes were written to the log, and in how many pieces.
fn written(disk: &Disk) -> (usize, usize) {
    let steps = disk.recorded();
    let pieces = steps.iter().filter_map(|step| match step {
        Step::Write(name, _, bytes) if name == LOG => Some(bytes.len()),
        _ => None,
    });
    pieces.fold((0, 0), |(bytes, pieces), length| (bytes + length, pieces + 1))
}

#[tokio::test]
async fn the_pages_of_a_commit_are_written_together() {
    let (folder, disk) = prepared().await;
    let store = open(folder.path()).await;
    disk.record();
    let outcomes = send_as_a_group(&store, 1..201, 3_000, || ()).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let (bytes, pieces) = written(&disk);
    assert!(bytes > 600_000, "{bytes} bytes");
    assert!(pieces <= bytes.div_ceil(LEAST), "{bytes} bytes in {pieces} pieces");
    store.close().await;
}

/// What does not fit the writer's memory goes to the log before the commit, and comes back from there when it changes
/// again. Some of it still waits to be written at that moment.
#[tokio::test]
async fn a_group_larger_than_the_memory_reads_its_own_pages_back() {
    let (folder, disk) = prepared().await;
    let store = open(folder.path()).await;
    disk.record();
    let outcomes = send_as_a_group(&store, 1..3_001, 3_000, || ()).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let (bytes, pieces) = written(&disk);
    assert!(bytes > 10_000_000, "{bytes} bytes");
    assert!(pieces <= bytes.div_ceil(LEAST), "{bytes} bytes in {pieces} pieces");
    store.check().await.unwrap();
    let kept = history(&store).await;
    assert_eq!(kept.len(), 3_000);
    for (message, number) in kept.iter().zip(1..) {
        assert_eq!((message.seq, message.body.as_str()), (number, text(number, 3_000).as_str()));
    }
    store.close().await;
}

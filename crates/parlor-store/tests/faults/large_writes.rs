//! The log is written in few pieces, and what waits to be written is found by whoever needs it.

use parlor_store::Store;

use crate::disk::{Disk, Step};
use crate::support::{LOG, history, open, prepared, send_as_a_group, text};

/// How much a commit may leave to a piece of its own on average, in bytes. A page has 4,096.
const LEAST: usize = 64 * 1024;
/// How long each message is.
const LENGTH: usize = 3_000;

/// Sends so many messages as one group, which must all be taken and lead to large writes of at least so many bytes.
async fn send_in_large_writes(store: &Store, disk: &Disk, count: u64, at_least: usize) {
    disk.record();
    let outcomes = send_as_a_group(store, 1..count + 1, LENGTH, || ()).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let steps = disk.recorded();
    let pieces = steps.iter().filter_map(|step| match step {
        Step::Write(name, _, bytes) if name == LOG => Some(bytes.len()),
        _ => None,
    });
    let (bytes, pieces) = pieces.fold((0, 0), |(bytes, pieces), length| (bytes + length, pieces + 1));
    assert!(bytes > at_least, "{bytes} bytes");
    assert!(pieces <= bytes.div_ceil(LEAST), "{bytes} bytes in {pieces} pieces");
}

#[tokio::test]
async fn the_pages_of_a_commit_are_written_together() {
    let (folder, disk) = prepared().await;
    let store = open(folder.path()).await;
    send_in_large_writes(&store, &disk, 200, 600_000).await;
    store.close().await;
}

/// What does not fit the writer's memory goes to the log before the commit, and comes back from there when it changes
/// again. Some of it still waits to be written at that moment.
#[tokio::test]
async fn a_group_larger_than_the_memory_reads_its_own_pages_back() {
    let (folder, disk) = prepared().await;
    let store = open(folder.path()).await;
    send_in_large_writes(&store, &disk, 3_000, 10_000_000).await;
    store.check().await.unwrap();
    let kept = history(&store).await;
    assert_eq!(kept.len(), 3_000);
    for (message, number) in kept.iter().zip(1..) {
        assert_eq!((message.seq, message.body.as_str()), (number, text(number, LENGTH).as_str()));
    }
    store.close().await;
}

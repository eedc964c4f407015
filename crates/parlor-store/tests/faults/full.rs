//! No space left: sends are refused with a code that says so, what is there is read, and as soon as there is space
//! everything goes on by itself.

use std::time::Duration;

use parlor_model::{Refusal, Seq};
use parlor_store::{AppendError, Error};

use crate::disk::content;
use crate::support::{FILE, history, leave, open, prepared, send, send_as_a_group};

#[tokio::test]
async fn a_full_disk_refuses_reads_on_and_recovers_by_itself() {
    let (folder, disk) = prepared().await;
    let store = open(folder.path()).await;
    let (mut number, mut last): (u64, Seq) = (0, 0);
    let mut times_not_ready = 0;
    for cycle in 0..20 {
        disk.fill(true);
        let refused = loop {
            number += 1;
            // Of different lengths, so that the space ends at different steps of a commit.
            match send(&store, number, 50 + 3_000 * (cycle % 5)).await {
                Ok(appended) => {
                    assert_eq!(appended.message.seq, last + 1);
                    last += 1;
                }
                Err(refused) => break refused,
            }
        };
        let AppendError::Store(error) = refused else { panic!("{refused:?}") };
        assert!(matches!(error, Error::Full(_)), "cycle {cycle}: {error:?}");
        let told = error.as_refusal();
        assert!(matches!(told, Some(Refusal::Unavailable { retry_after }) if retry_after > Duration::ZERO));
        let together = (0..10).map(|more| send(&store, number + more, 9_000));
        let outcomes = futures_util::future::join_all(together).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(AppendError::Store(Error::Full(_))))));
        assert_eq!(history(&store).await.len() as Seq, last, "what is there is read");
        // A little may still fit into what the log holds already; then a send does too.
        match store.check().await {
            Ok(()) => {
                number += 100;
                assert_eq!(send(&store, number, 10).await.unwrap().message.seq, last + 1, "cycle {cycle}");
                last += 1;
            }
            not_ready => {
                assert!(matches!(not_ready, Err(Error::Full(_))), "cycle {cycle}: {not_ready:?}");
                times_not_ready += 1;
            }
        }
        disk.fill(false);
        store.check().await.unwrap();
        number += 100;
        let appended = send(&store, number, 9_000).await.unwrap();
        assert_eq!((appended.message.seq, appended.repeated), (last + 1, false));
        last += 1;
    }
    assert!(times_not_ready > 0, "no check told that the disk is full");
    store.close().await;
    let store = open(folder.path()).await;
    let kept: Vec<Seq> = history(&store).await.iter().map(|message| message.seq).collect();
    assert_eq!(kept, (1..=last).collect::<Vec<Seq>>());
    store.close().await;
}

/// The last of the space may go to the log, so that the index of it which readers share can't grow.
#[tokio::test]
async fn a_group_that_can_not_be_shown_to_readers_is_refused() {
    let (folder, disk) = prepared().await;
    let store = open(folder.path()).await;
    send(&store, 1, 100).await.unwrap();
    // Together these are more pages than one part of the index names.
    let outcomes = send_as_a_group(&store, 2..250, 90_000, || disk.fill_memory(true)).await;
    for outcome in outcomes {
        assert!(matches!(outcome, Err(AppendError::Store(Error::Full(_)))), "{outcome:?}");
    }
    assert_eq!(history(&store).await.len(), 1);
    disk.fill_memory(false);
    assert_eq!(send(&store, 2, 90_000).await.unwrap().message.seq, 2);
    // The group is in the log no more, although it was synced there: a server that is killed now needs none of it.
    let killed = leave(&content(folder.path(), FILE));
    assert_eq!(history(&open(killed.path()).await).await.len(), 2);
    store.close().await;
    let store = open(folder.path()).await;
    assert_eq!(history(&store).await.len(), 2);
    store.close().await;
}

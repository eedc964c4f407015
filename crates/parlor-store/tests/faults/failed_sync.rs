//! A sync that fails: what it should have made durable is not acknowledged, and nothing is from then on. Only a restart
//! reads what the disk really holds.

use parlor_store::{AppendError, Error, Fatal};

use crate::support::{FILE, LOG, history, open, prepared, send};

/// Each of the first syncs fails once, and every later one would succeed.
#[tokio::test]
async fn nothing_is_acknowledged_from_a_failed_sync_until_a_restart() {
    for good in 0..20 {
        let (folder, disk) = prepared().await;
        let store = open(folder.path()).await;
        disk.fail_sync(LOG, good);
        let mut number = 0;
        let mut acknowledged = Vec::new();
        let refused = loop {
            number += 1;
            match send(&store, number, 100).await {
                Ok(appended) => acknowledged.push(appended.message),
                Err(refused) => break refused,
            }
        };
        assert_eq!(refused, AppendError::Store(Error::NotDurable));
        assert!(disk.has_failed());
        for later in number..number + 5 {
            assert_eq!(send(&store, later, 100).await, Err(AppendError::Store(Error::NotDurable)));
        }
        let work = store.write(|tx| Box::pin(async move { tx.put_setting("name", "lost").await }));
        assert_eq!(work.await, Err(Error::NotDurable));
        assert_eq!(store.check().await, Err(Error::NotDurable));
        assert_eq!(store.failed().await, Fatal::NotDurable);
        assert_eq!(history(&store).await, acknowledged, "reading goes on");
        store.close().await;
        let store = open(folder.path()).await;
        assert!(history(&store).await.starts_with(&acknowledged));
        let next = send(&store, 1_000, 100).await.unwrap().message.seq;
        assert_eq!(next, history(&store).await.len() as u64);
        store.close().await;
    }
}

/// The log may not be thrown away if nobody knows whether its copy in the file is on disk.
#[tokio::test]
async fn a_failed_sync_of_the_file_itself_ends_it_too() {
    let (folder, disk) = prepared().await;
    let store = open(folder.path()).await;
    disk.fail_sync(FILE, 0);
    let mut acknowledged = Vec::new();
    let refused = loop {
        match send(&store, acknowledged.len() as u64 + 1, 16_000).await {
            Ok(appended) => acknowledged.push(appended.message),
            Err(refused) => break refused,
        }
        assert!(acknowledged.len() < 1_000, "the log is never copied");
    };
    assert_eq!(refused, AppendError::Store(Error::NotDurable));
    store.close().await;
    let store = open(folder.path()).await;
    assert_eq!(history(&store).await, acknowledged);
    store.close().await;
}

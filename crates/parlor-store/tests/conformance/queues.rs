//! Queues: what does not fit is refused at once, and what was taken is done.

use parlor_model::{Refusal, RoomId, RoomKind};
use parlor_store::{AppendError, Cursor, Error, Options, Page, Store};
use tokio::task::JoinHandle;

use crate::support::{World, cases, read, write};

cases!(
    appends_that_do_not_fit_are_refused_at_once,
    bytes_that_do_not_fit_are_refused_at_once,
    works_that_do_not_fit_are_refused_at_once,
    reads_that_do_not_fit_are_refused_at_once,
);

const NARROW: Options =
    Options { readers: 1, queue: 2, queue_bytes: 1 << 20, batch: 1, planted: parlor_store::Planted::Nothing };

/// A work that holds a room, and with it the writer, until it is told to let go.
struct Hold {
    let_go: std::sync::mpsc::Sender<()>,
    task: JoinHandle<()>,
}

impl Hold {
    async fn room(world: &World, store: &Store, room: RoomId) -> Self {
        let (let_go, go_on) = std::sync::mpsc::channel();
        let (holding, held) = tokio::sync::oneshot::channel();
        let (store, workspace) = (store.clone(), world.workspace);
        let task = tokio::spawn(async move {
            crate::support::run_write(&store, move |tx| {
                Box::pin(async move {
                    tx.lock_room(workspace, room).await?;
                    holding.send(()).unwrap();
                    go_on.recv().unwrap();
                    Ok(())
                })
            })
            .await;
        });
        held.await.unwrap();
        Self { let_go, task }
    }

    async fn end(self) {
        self.let_go.send(()).unwrap();
        self.task.await.unwrap();
    }
}

async fn appends_that_do_not_fit_are_refused_at_once(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let store = world.reopened(NARROW).await;
    let hold = Hold::room(world, &store, room).await;
    let mut futures: Vec<_> =
        (0..20).map(|_| Box::pin(store.append(world.an_append(room, ada, "hi", None)))).collect();
    // The writer is held, so whoever has an answer now was refused.
    let refused =
        futures.iter_mut().filter_map(|future| futures_util::FutureExt::now_or_never(future.as_mut()));
    let refused: Vec<_> = refused.collect();
    assert!(refused.len() >= 16, "{} of 20 were refused", refused.len());
    assert!(refused.iter().all(|outcome| *outcome == Err(AppendError::Store(Error::Busy))), "{refused:?}");
    assert_eq!(store.metrics().busy, refused.len() as u64);
    drop(futures);
    hold.end().await;
    // Closing finishes what was taken, though nobody waits for it.
    store.close().await;
    let store = Store::open(&world.database, NARROW).await.unwrap();
    let stored = read!(store, tx => tx.history(room, Page { cursor: Cursor::Newest, limit: 100 })).messages;
    assert_eq!(stored.len(), 20 - refused.len());
    store.append(world.an_append(room, ada, "there is room again", None)).await.unwrap();
    store.close().await;
}

async fn bytes_that_do_not_fit_are_refused_at_once(world: &World) {
    const BYTES: usize = 50_000;
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let store = world.reopened(Options { queue_bytes: BYTES, ..Options::default() }).await;
    let hold = Hold::room(world, &store, room).await;
    let text = "x".repeat(9_000);
    let mut futures: Vec<_> =
        (0..20).map(|_| Box::pin(store.append(world.an_append(room, ada, &text, None)))).collect();
    let refused =
        futures.iter_mut().filter_map(|future| futures_util::FutureExt::now_or_never(future.as_mut()));
    let refused: Vec<_> = refused.collect();
    assert_eq!(refused.len(), 15, "{refused:?}");
    assert!(refused.iter().all(|outcome| *outcome == Err(AppendError::Store(Error::Busy))), "{refused:?}");
    assert!(
        matches!(Error::Busy.as_refusal(), Some(Refusal::Busy { retry_after }) if !retry_after.is_zero())
    );
    let waiting = store.metrics().queued_bytes;
    assert!((45_000..=BYTES).contains(&waiting), "{waiting}");
    assert_eq!(store.metrics().busy, 15);
    hold.end().await;
    for taken in futures.drain(..5) {
        taken.await.unwrap();
    }
    store.append(world.an_append(room, ada, &text, None)).await.unwrap();
    store.close().await;
    assert_eq!(store.metrics().queued_bytes, 0);
}

async fn works_that_do_not_fit_are_refused_at_once(world: &World) {
    let room = world.room("General", RoomKind::Public).await.id;
    let store = world.reopened(NARROW).await;
    let hold = Hold::room(world, &store, room).await;
    let workspace = world.workspace;
    let mut futures: Vec<_> = (0..20)
        .map(|_| {
            Box::pin(store.write(move |tx| Box::pin(async move { tx.lock_room(workspace, room).await })))
        })
        .collect();
    let refused =
        futures.iter_mut().filter_map(|future| futures_util::FutureExt::now_or_never(future.as_mut()));
    let refused: Vec<_> = refused.collect();
    assert!(refused.len() >= 17, "{} of 20 were refused", refused.len());
    assert!(refused.iter().all(|result| *result == Err(Error::Busy)), "{refused:?}");
    hold.end().await;
    drop(futures);
    store.close().await;
}

async fn reads_that_do_not_fit_are_refused_at_once(world: &World) {
    let store = world.reopened(NARROW).await;
    let (let_go, go_on) = std::sync::mpsc::channel::<()>();
    let (reading, begun) = tokio::sync::oneshot::channel();
    let reader = store.clone();
    let held = tokio::spawn(async move {
        crate::support::run_read(&reader, move |_| {
            Box::pin(async move {
                reading.send(()).unwrap();
                go_on.recv().unwrap();
                Ok(())
            })
        })
        .await;
    });
    begun.await.unwrap();
    let mut futures: Vec<_> =
        (0..20).map(|_| Box::pin(store.read(|tx| Box::pin(async move { tx.workspace().await })))).collect();
    let refused =
        futures.iter_mut().filter_map(|future| futures_util::FutureExt::now_or_never(future.as_mut()));
    let refused: Vec<_> = refused.collect();
    assert!(refused.len() >= 18, "{} of 20 were refused", refused.len());
    assert!(refused.iter().all(|result| *result == Err(Error::Busy)), "{refused:?}");
    let_go.send(()).unwrap();
    held.await.unwrap();
    drop(futures);
    // The writer does not wait for readers.
    write!(store, tx => tx.put_setting("a", "b"));
    store.close().await;
}

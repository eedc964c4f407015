//! Works: what a transaction promises to the rest.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use parlor_model::RoomKind;
use parlor_store::{AppendError, Cursor, Error, OpenError, Options, Page, Store};

use crate::support::{World, cases, read, write};

cases!(
    a_work_that_fails_leaves_nothing,
    failures_in_a_group_hurt_no_other,
    a_panic_is_told_and_hurts_no_other,
    a_work_may_have_errors_of_its_own,
    a_read_sees_one_moment,
    a_read_writes_nothing,
    what_was_asked_is_done_even_if_nobody_waits,
    close_finishes_what_waits_and_refuses_what_comes,
    everything_is_there_after_reopening,
    a_second_server_is_refused,
    every_statement_is_understood,
    a_store_that_works_says_so,
);

/// The caller's own kind of error.
#[derive(Debug, PartialEq)]
enum Mine {
    Refused,
    Store(Error),
}

impl From<Error> for Mine {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

async fn refuse_after_writing(store: &Store, name: String) -> Result<(), Mine> {
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.put_setting(&name, "must not stay").await?;
                Err(Mine::Refused)
            })
        })
        .await
}

async fn a_work_that_fails_leaves_nothing(world: &World) {
    assert_eq!(refuse_after_writing(&world.store, "a".into()).await, Err(Mine::Refused));
    assert_eq!(read!(world.store, tx => tx.setting("a")), None);
}

async fn failures_in_a_group_hurt_no_other(world: &World) {
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            let (store, name) = (world.store.clone(), format!("s{number}"));
            tokio::spawn(async move {
                if number % 3 == 0 {
                    assert_eq!(refuse_after_writing(&store, name).await, Err(Mine::Refused));
                } else {
                    write!(store, tx => tx.put_setting(&name, "kept"));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for number in 0..100 {
        let expected = (number % 3 != 0).then(|| "kept".to_owned());
        assert_eq!(read!(world.store, tx => tx.setting(&format!("s{number}"))), expected, "{number}");
    }
}

async fn a_panic_is_told_and_hurts_no_other(world: &World) {
    let panicking = async {
        let result: Result<(), Error> = world
            .store
            .write(|tx| {
                Box::pin(async move {
                    tx.put_setting("a", "must not stay").await?;
                    panic!("a bug in a work")
                })
            })
            .await;
        result
    };
    let fine = async { write!(world.store, tx => tx.put_setting("b", "kept")) };
    let (result, ()) = tokio::join!(panicking, fine);
    assert_eq!(result, Err(Error::Panicked));
    assert_eq!(read!(world.store, tx => tx.setting("a")), None);
    assert_eq!(read!(world.store, tx => tx.setting("b")).as_deref(), Some("kept"));
    write!(world.store, tx => tx.put_setting("a", "works on"));
}

async fn a_work_may_have_errors_of_its_own(world: &World) {
    let result: Result<(), Mine> = world.store.read(|_| Box::pin(async { Err(Mine::Refused) })).await;
    assert_eq!(result, Err(Mine::Refused));
    let room = world.a_room("General", RoomKind::Public);
    let twice = room.clone();
    write!(world.store, tx => tx.insert_room(&room));
    let result: Result<(), Mine> =
        world.store.write(|tx| Box::pin(async move { Ok(tx.insert_room(&twice).await?) })).await;
    assert!(matches!(result, Err(Mine::Store(Error::Taken(_)))), "{result:?}");
}

async fn a_read_sees_one_moment(world: &World) {
    write!(world.store, tx => tx.put_setting("a", "1"));
    let (reading, begun) = std::sync::mpsc::channel();
    let (written, go_on) = std::sync::mpsc::channel();
    let store = world.store.clone();
    let reader = tokio::spawn(async move {
        crate::support::run_read(&store, move |tx| {
            Box::pin(async move {
                let before = tx.setting("a").await?;
                reading.send(()).unwrap();
                go_on.recv().unwrap();
                Ok((before, tx.setting("a").await?))
            })
        })
        .await
    });
    tokio::task::spawn_blocking(move || begun.recv().unwrap()).await.unwrap();
    write!(world.store, tx => tx.put_setting("a", "2"));
    written.send(()).unwrap();
    assert_eq!(reader.await.unwrap(), (Some("1".into()), Some("1".into())));
    assert_eq!(read!(world.store, tx => tx.setting("a")).as_deref(), Some("2"));
}

async fn a_read_writes_nothing(world: &World) {
    let result = world.store.read(|tx| Box::pin(async move { tx.put_setting("a", "b").await })).await;
    assert!(matches!(result, Err(Error::Database(_))), "{result:?}");
    assert_eq!(read!(world.store, tx => tx.setting("a")), None);
}

/// Hands a request over, then goes away.
fn begin_and_drop<T>(future: impl Future<Output = T>) {
    let mut future = Box::pin(future);
    let _: Poll<T> = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

async fn what_was_asked_is_done_even_if_nobody_waits(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    for number in 0..20 {
        begin_and_drop(world.store.append(world.an_append(room, ada, "nobody waits", None)));
        let name = format!("s{number}");
        begin_and_drop(
            world
                .store
                .write::<_, Error>(move |tx| Box::pin(async move { tx.put_setting(&name, "kept").await })),
        );
        begin_and_drop(world.store.read::<_, Error>(|tx| Box::pin(async move { tx.workspace().await })));
    }
    world.say(room, ada, "somebody waits").await;
    let store = world.reopened(Options::default()).await;
    let all = read!(store, tx => tx.history(room, Page { cursor: Cursor::Newest, limit: 100 })).messages;
    assert_eq!(all.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=21).collect::<Vec<_>>());
    for number in 0..20 {
        assert_eq!(read!(store, tx => tx.setting(&format!("s{number}"))).as_deref(), Some("kept"));
    }
    store.close().await;
}

async fn close_finishes_what_waits_and_refuses_what_comes(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let mut waiting: Vec<_> =
        (0..50).map(|_| Box::pin(world.store.append(world.an_append(room, ada, "hi", None)))).collect();
    for future in &mut waiting {
        let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    tokio::join!(world.store.close(), world.store.close());
    for future in waiting {
        future.await.unwrap();
    }
    let late = world.store.append(world.an_append(room, ada, "late", None)).await;
    assert_eq!(late, Err(AppendError::Store(Error::Closed)));
    let write = world.store.write(|tx| Box::pin(async move { tx.put_setting("a", "b").await })).await;
    assert_eq!(write, Err(Error::Closed));
    let read: Result<_, Error> = world.store.read(|tx| Box::pin(async move { tx.workspace().await })).await;
    assert_eq!(read, Err(Error::Closed));
    assert_eq!(world.store.check().await, Err(Error::Closed));
}

async fn everything_is_there_after_reopening(world: &World) {
    let ada = world.user_with("ada", parlor_model::Role::Owner, Some("hash")).await;
    let room = world.room("General", RoomKind::Public).await.id;
    let member = world.joined(room, ada.id).await;
    let message = world.store.append(world.an_append(room, ada.id, "hi", Some("n"))).await.unwrap().message;
    let store = world.reopened(Options::default()).await;
    let (id, nonce) = (ada.id, message.nonce.clone().unwrap());
    assert_eq!(read!(store, tx => tx.user(id)), Some(ada));
    assert_eq!(read!(store, tx => tx.member(room, id)), Some(member));
    assert_eq!(read!(store, tx => tx.message_by_nonce(id, &nonce)), Some(message.clone()));
    let repeat = store.append(world.an_append(room, id, "again", Some("n"))).await.unwrap();
    assert_eq!((repeat.repeated, repeat.message), (true, message));
    let next = store.append(world.an_append(room, id, "next", None)).await.unwrap();
    assert_eq!(next.message.seq, 2);
    store.close().await;
}

async fn a_second_server_is_refused(world: &World) {
    let refused = Store::open(&world.database, Options::default()).await;
    let Err(OpenError::Locked { who }) = refused else { panic!("{refused:?}") };
    assert!(who.contains(&std::process::id().to_string()), "{who}");
    write!(world.store, tx => tx.put_setting("a", "the first one works on"));
    let store = world.reopened(Options::default()).await;
    assert!(read!(store, tx => tx.setting("a")).is_some());
    store.close().await;
}

async fn every_statement_is_understood(world: &World) {
    let count = world.store.check_statements().await.unwrap();
    assert!(count > 50, "{count}");
}

async fn a_store_that_works_says_so(world: &World) {
    assert_eq!(world.store.check().await, Ok(()));
    let before = world.store.metrics().reads;
    read!(world.store, tx => tx.workspace());
    assert_eq!(world.store.metrics().reads, before + 1);
}

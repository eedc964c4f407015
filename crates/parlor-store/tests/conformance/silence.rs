//! A PostgreSQL that falls silent without closing its connections, as when its machine is stopped: what waits is given up,
//! what comes is refused, and all goes on once it answers again.

use std::time::Duration;

use parlor_model::RoomKind;
use parlor_store::{AppendError, Cursor, Database, Error, Options, Page, Secret, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::{World, on_postgres};

/// How long anything may take that must come: long enough for any machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// Passes bytes on to a PostgreSQL while it may.
struct Line {
    url: String,
    open: watch::Sender<bool>,
}

impl Line {
    async fn to(world: &World) -> Self {
        let Database::Postgres { url } = &world.database else { panic!("this is PostgreSQL's") };
        let config: tokio_postgres::Config = url.expose().parse().unwrap();
        let tokio_postgres::config::Host::Tcp(host) = &config.get_hosts()[0] else { panic!("a host") };
        let target = format!("{host}:{}", config.get_ports()[0]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let through = listener.local_addr().unwrap().to_string();
        let (open, is_open) = watch::channel(true);
        let url = url.expose().replace(&target, &through);
        assert!(url.contains(&through), "{target} is in the address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let onward = TcpStream::connect(&target).await.unwrap();
                let ((from, to), (back_from, back_to)) = (stream.into_split(), onward.into_split());
                tokio::spawn(pass(from, back_to, is_open.clone()));
                tokio::spawn(pass(back_from, to, is_open.clone()));
            }
        });
        Self { url, open }
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut is_open: watch::Receiver<bool>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if is_open.wait_for(|open| *open).await.is_err() || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_database_that_is_silent() {
    on_postgres(|world| Box::pin(silence(world))).await;
}

async fn silence(world: &World) {
    let (ada, room) = (world.user("ada").await.id, world.room("General", RoomKind::Public).await.id);
    let line = Line::to(world).await;
    world.store.close().await;
    let store = Store::open(&Database::Postgres { url: Secret::new(line.url.clone()) }, Options::default())
        .await
        .unwrap();
    let append = |number: usize| store.append(world.an_append(room, ada, "hi", Some(&format!("n{number}"))));
    append(0).await.unwrap();
    for cycle in 0..2 {
        line.open.send_replace(false);
        let page = || {
            store.read(move |tx| {
                Box::pin(async move { tx.history(room, Page { cursor: Cursor::Newest, limit: 100 }).await })
            })
        };
        let change = || store.write(|tx| Box::pin(async move { tx.put_setting("a", "b").await }));
        let waiting = async { tokio::join!(append(cycle + 1), page(), change(), store.check()) };
        let (sent, read, written, checked) =
            tokio::time::timeout(DEADLINE, waiting).await.expect("somebody waits for ever");
        assert!(matches!(sent, Err(AppendError::Store(Error::Unreachable(_)))), "{sent:?}");
        assert!(matches!(read, Err(Error::Unreachable(_))), "{read:?}");
        assert!(matches!(written, Err(Error::Unreachable(_))), "{written:?}");
        assert!(matches!(checked, Err(Error::Unreachable(_))), "{checked:?}");
        line.open.send_replace(true);
        let again = async {
            while store.check().await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(DEADLINE, again).await.expect("it never answers again");
        // Whatever became of the first attempt, there is one message.
        assert_eq!(append(cycle + 1).await.unwrap().message.seq, cycle as u64 + 2);
        assert_eq!(page().await.unwrap().messages.len(), cycle + 2);
        change().await.unwrap();
    }
    store.close().await;
}

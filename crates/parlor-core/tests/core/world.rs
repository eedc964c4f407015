//! A core on a fresh SQLite store, with a clock and randomness that repeat, and the people of a small town.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use parlor_bus::{Bus, Delivery, MemoryBus, Notice, Subscription};
use parlor_core::{Admission, Core, Error, Guests, NewRoom, Registrant, Registration, SendMessage, Settings};
use parlor_model::{
    Actor, Clock, Env, Message, Random, Refusal, Role, Room, RoomEvent, RoomId, RoomKind, SessionId,
    Timestamp, User,
};
use parlor_store::{Database, Options, Store};

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Ticks a millisecond whenever it is asked, jumps when it is told, and can keep whoever asks next waiting.
#[derive(Default)]
pub(crate) struct TestClock {
    milliseconds: AtomicI64,
    keeps: Mutex<Option<Kept>>,
}

/// The other ends of a [`Waiting`].
struct Kept {
    asked: mpsc::Sender<()>,
    answer: mpsc::Receiver<()>,
}

/// Somebody who asks for the time and gets no answer yet.
pub(crate) struct Waiting {
    asked: mpsc::Receiver<()>,
    answer: mpsc::Sender<()>,
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let kept = self.keeps.lock().unwrap().take();
        if let Some(kept) = kept {
            kept.asked.send(()).unwrap();
            tokio::task::block_in_place(|| kept.answer.recv().unwrap());
        }
        Timestamp::from_millis(1_700_000_000_000 + self.milliseconds.fetch_add(1, Ordering::Relaxed))
    }
}

impl TestClock {
    /// Lets time pass.
    pub(crate) fn advance(&self, seconds: i64) {
        self.milliseconds.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// Keeps whoever asks for the time next waiting, and nobody after them. An action that changes a room asks once it
    /// has the room's lock: so it can be stopped in the middle of its transaction.
    pub(crate) fn keep_next(&self) -> Waiting {
        let ((asked, asks), (answer, answered)) = (mpsc::channel(), mpsc::channel());
        *self.keeps.lock().unwrap() = Some(Kept { asked, answer: answered });
        Waiting { asked: asks, answer }
    }
}

impl Waiting {
    /// Returns once somebody has asked.
    pub(crate) fn begun(&self) {
        tokio::task::block_in_place(|| self.asked.recv_timeout(PATIENCE).unwrap());
    }

    /// Tells them the time.
    pub(crate) fn go_on(self) {
        self.answer.send(()).unwrap();
    }
}

/// The numbers of splitmix64: good enough to differ, and the same in every run.
#[derive(Default)]
struct TestRandom(AtomicU64);

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut number = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(number ^ (number >> 31)).to_be_bytes()[..chunk.len()]);
        }
    }
}

/// A town: a core, its clock, and an ear on its bus.
pub(crate) struct World {
    pub(crate) core: Core,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) bus: Subscription,
    _folder: tempfile::TempDir,
}

impl World {
    /// A town where everybody may come in, at any speed.
    pub(crate) async fn open() -> Self {
        Self::with(Settings { registration: Registration::Open, guests: Guests::Open, ..Settings::default() })
            .await
    }

    /// A town with these rules, without rate limits.
    pub(crate) async fn with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite { folder: folder.path().to_owned() };
        Self::start(database, folder, settings).await
    }

    async fn start(database: Database, folder: tempfile::TempDir, mut settings: Settings) -> Self {
        settings.limits.enabled = false;
        let store = Store::open(&database, Options::default()).await.unwrap();
        let clock = Arc::new(TestClock::default());
        let env = Env { clock: clock.clone(), random: Arc::new(TestRandom::default()) };
        let bus = Arc::new(MemoryBus::new());
        let ear = bus.subscribe();
        let core = Core::start(store, bus, env, settings).await.unwrap();
        Self { core, clock, bus: ear, _folder: folder }
    }

    /// The owner, by the setup link.
    pub(crate) async fn owner(&self) -> Actor {
        let token = self.core.issue_setup_token().await.unwrap().unwrap();
        let admission = Admission { setup_token: Some(token), invite: None };
        self.actor(self.register("owner", admission).await.unwrap())
    }

    /// Somebody with an account.
    pub(crate) async fn member(&self, name: &str) -> Actor {
        self.actor(self.register(name, Admission::default()).await.unwrap())
    }

    /// Somebody without.
    pub(crate) async fn guest(&self, name: &str) -> Actor {
        self.actor(self.core.enter_as_guest(name, None).await.unwrap().user)
    }

    pub(crate) async fn register(&self, name: &str, admission: Admission) -> Result<User, Error> {
        let registrant = Registrant {
            username: name.to_owned(),
            display_name: None,
            password_hash: "hash".into(),
            admission,
        };
        Ok(self.core.register(registrant).await?.user)
    }

    pub(crate) fn actor(&self, user: User) -> Actor {
        Actor { user, session: SessionId::generate(self.core.env()) }
    }

    pub(crate) async fn room(&self, owner: &Actor, name: &str, kind: RoomKind) -> Room {
        let room = NewRoom { name: name.into(), kind, topic: None };
        self.core.create_room(owner, room).await.unwrap().0
    }

    pub(crate) async fn say(&self, actor: &Actor, room: RoomId, body: &str) -> Result<Message, Error> {
        self.core.send_message(actor, room, typed(body, None)).await
    }

    /// Everything told so far.
    pub(crate) async fn told(&mut self) -> Vec<RoomEvent> {
        let mut events = Vec::new();
        loop {
            tokio::select! {
                biased;
                delivery = self.bus.next() => match delivery {
                    Delivery::Notice(Notice::Rooms(told)) => events.extend(told.iter().cloned()),
                    Delivery::Notice(_) => {}
                    other => panic!("the bus said {other:?}"),
                },
                // Publishing comes before the answer, so whatever was answered is in the channel by now.
                () = std::future::ready(()) => return events,
            }
        }
    }
}

pub(crate) fn typed(body: &str, nonce: Option<&str>) -> SendMessage {
    SendMessage { body: body.into(), nonce: nonce.map(str::to_owned), reply_to: None }
}

/// Runs a case on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name($crate::world::World::open().await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                $crate::world::on_postgres(|world| Box::pin(super::$name(world))).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// How many databases this process has made.
static DATABASES: AtomicU64 = AtomicU64::new(0);

/// Runs a case on a PostgreSQL database of its own.
pub(crate) async fn on_postgres(case: fn(World) -> futures_util::future::LocalBoxFuture<'static, ()>) {
    let Ok(url) = std::env::var("PARLOR_TEST_POSTGRES_URL") else {
        panic!(
            "this case needs PostgreSQL: run `cargo xtask test`, or set PARLOR_TEST_POSTGRES_URL to a superuser's URL"
        );
    };
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("parlor_core_{}_{number}", std::process::id());
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let settings = Settings { registration: Registration::Open, guests: Guests::Open, ..Settings::default() };
    let database = Database::postgres(format!("{server}/{name}"));
    let world = World::start(database, tempfile::tempdir().unwrap(), settings).await;
    let store = world.core.store().clone();
    let result = AssertUnwindSafe(case(world)).catch_unwind().await;
    store.close().await;
    client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// The refusal of a result that must have one.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// True for an account.
pub(crate) fn is_account(user: &User) -> bool {
    user.role > Role::Guest
}

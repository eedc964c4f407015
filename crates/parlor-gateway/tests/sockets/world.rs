//! A gateway that listens, the core behind it, and the people who connect.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parlor_bus::{Bus, MemoryBus, Notice, Subscription};
use parlor_core::limits::{Budget, Scarce, Whose};
use parlor_core::{Admission, Core, Guests, NewRoom, Registrant, Registration, SendMessage, Settings};
use parlor_gateway::{Accepted, Gateway, Options, Patience};
use parlor_identity::{Identity, IdentitySettings};
use parlor_model::{Actor, Clock, Env, Message, Random, Room, RoomId, RoomKind, SessionId, Timestamp};
use parlor_store::{Database, Store};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::socket::Socket;

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// The numbers of splitmix64: good enough to differ, and the same in every run.
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

/// A bus that loses, repeats and reorders what it is told.
pub(crate) struct LossyBus {
    inner: MemoryBus,
    state: Mutex<(StdRng, Vec<Notice>)>,
}

impl LossyBus {
    pub(crate) fn new(seed: u64) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { inner: MemoryBus::new(), state: Mutex::new((random, Vec::new())) }
    }
}

impl Bus for LossyBus {
    fn publish(&self, notice: Notice) {
        let mut state = self.state.lock().unwrap();
        let (random, late) = &mut *state;
        match random.random_range(0..10) {
            0 => {}
            1 => (0..2).for_each(|_| self.inner.publish(notice.clone())),
            2..5 => late.push(notice),
            _ => self.inner.publish(notice),
        }
        while !late.is_empty() && random.random_range(0..3) == 0 {
            let index = random.random_range(0..late.len());
            self.inner.publish(late.swap_remove(index));
        }
    }

    fn subscribe(&self) -> Subscription {
        self.inner.subscribe()
    }
}

/// A bus that is late when it is told to be.
#[derive(Default)]
pub(crate) struct LateBus {
    inner: MemoryBus,
    held: Mutex<Option<Vec<Notice>>>,
}

impl LateBus {
    /// From now on nothing comes through.
    pub(crate) fn hold(&self) {
        self.held.lock().unwrap().get_or_insert_default();
    }

    /// What was held comes through, and all that follows.
    pub(crate) fn release(&self) {
        let held = self.held.lock().unwrap().take();
        held.into_iter().flatten().for_each(|notice| self.inner.publish(notice));
    }
}

impl Bus for LateBus {
    fn publish(&self, notice: Notice) {
        match self.held.lock().unwrap().as_mut() {
            Some(held) => held.push(notice),
            None => self.inner.publish(notice),
        }
    }

    fn subscribe(&self) -> Subscription {
        self.inner.subscribe()
    }
}

/// Somebody with an account and a session.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) actor: Actor,
    pub(crate) token: String,
}

/// A gateway that listens, and the core behind it.
pub(crate) struct World {
    pub(crate) core: Core,
    pub(crate) identity: Identity,
    pub(crate) gateway: Gateway,
    pub(crate) address: SocketAddr,
    server: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

/// Times that are short, and limits as they are.
pub(crate) fn options() -> Options {
    Options {
        presence_every: Duration::from_millis(50),
        heads_every: Duration::from_millis(200),
        repair_after: Duration::from_millis(5),
        ..Options::default()
    }
}

impl World {
    pub(crate) async fn open() -> Self {
        Self::with(options(), Arc::new(MemoryBus::new()), false).await
    }

    pub(crate) async fn with(options: Options, bus: Arc<dyn Bus>, limited: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite { folder: folder.path().to_owned() };
        let store = Store::open(&database, parlor_store::Options::default()).await.unwrap();
        let env = Env {
            clock: Arc::new(TestClock(AtomicI64::new(0))),
            random: Arc::new(TestRandom(AtomicU64::new(0))),
        };
        let mut settings =
            Settings { registration: Registration::Open, guests: Guests::Invite, ..Settings::default() };
        settings.limits.enabled = limited;
        let core = Core::start(store.clone(), bus, env.clone(), settings).await.unwrap();
        let identity = Identity::new(store, env, core.workspace(), IdentitySettings::default());
        let gateway = Gateway::new(core.clone(), identity.clone(), options).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let places = Arc::clone(core.budgets().of(Scarce::Connections));
        let server = tokio::spawn(serve(listener, gateway.router(), places));
        Self { core, identity, gateway, address, server, _folder: folder }
    }

    /// Somebody with an account and a session.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let registrant = Registrant {
            username: name.to_owned(),
            display_name: None,
            password_hash: "none".into(),
            admission: Admission::default(),
        };
        let user = self.core.register(registrant).await.unwrap().user;
        self.session_of(user).await
    }

    /// Another session of the same user.
    pub(crate) async fn another_session(&self, person: &Person) -> Person {
        self.session_of(person.actor.user.clone()).await
    }

    async fn session_of(&self, user: parlor_model::User) -> Person {
        let (session, token) = self.identity.open_session(user.id, "test").await.unwrap();
        Person { actor: Actor { user, session: session.id }, token: token.expose().to_owned() }
    }

    /// Ends a session, and tells everybody.
    pub(crate) async fn end_session(&self, person: &Person) {
        let session: SessionId = person.actor.session;
        self.identity.end_session(&person.actor, session).await.unwrap();
        self.core.bus().publish(Notice::SessionEnded(session));
    }

    pub(crate) async fn room(&self, owner: &Person, name: &str, kind: RoomKind) -> Room {
        let room = NewRoom { name: name.into(), kind, topic: None };
        self.core.create_room(&owner.actor, room).await.unwrap().0
    }

    pub(crate) async fn say(&self, person: &Person, room: RoomId, body: &str) -> Message {
        let message = SendMessage { body: body.into(), nonce: None, reply_to: None };
        self.core.send_message(&person.actor, room, message).await.unwrap()
    }

    /// Lets somebody into a private room.
    pub(crate) async fn invite(&self, owner: &Person, guest: &Person, room: RoomId) {
        let (_, code) = self.core.create_invite(&owner.actor, room, None, None).await.unwrap();
        self.core.accept_invite(&guest.actor, &code).await.unwrap();
    }

    /// What a counter of the gateway says.
    pub(crate) fn counted(&self, name: &str) -> usize {
        let mut registry = prometheus_client::registry::Registry::default();
        self.gateway.register_metrics(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.unwrap_or_else(|| panic!("there is no {name} in\n{text}"))
    }

    /// Keeps the store from committing anything until the returned value is dropped.
    pub(crate) async fn hold_writer(&self) -> std::sync::mpsc::Sender<()> {
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let store = self.core.store().clone();
        tokio::spawn(async move {
            let held: Result<(), parlor_store::Error> = store
                .write(move |_| {
                    begin.send(()).unwrap();
                    // The writer is a thread of its own. An error means that the other end was dropped.
                    let _ = released.recv();
                    Box::pin(async { Ok(()) })
                })
                .await;
            held.unwrap();
        });
        begun.await.unwrap();
        release
    }

    /// Waits until there are so many connections.
    pub(crate) async fn until_connections(&self, count: usize) {
        let settled = async {
            while self.gateway.connections() != count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), settled).await.unwrap();
    }

    /// A socket that has been answered with `ready`.
    pub(crate) async fn connect(&self, person: &Person) -> Socket {
        let mut socket = Socket::open(self.address, &[]).await.unwrap();
        socket.hello(&person.token, serde_json::json!([])).await;
        socket
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Serves HTTP as the binary does: a socket can be taken out of it.
async fn serve(listener: TcpListener, router: Router, places: Arc<Budget>) {
    loop {
        let (stream, peer) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let place = places.take(Whose::NOBODY, 1).unwrap();
        let accepted = Accepted::new(stream, place, Patience::default());
        let turn = accepted.turn();
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            turn.begin().unwrap().becomes_socket();
            router.clone().oneshot(request)
        });
        let stream = TokioIo::new(accepted);
        tokio::spawn(http1::Builder::new().serve_connection(stream, service).with_upgrades());
    }
}

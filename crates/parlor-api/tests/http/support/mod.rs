//! A server without sockets: the router over a fresh store, people to use it, and checks on everything it says.

mod call;
mod contract;
mod env;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::ConnectInfo;
use parlor_api::{ApiState, Metrics, Options};
use parlor_bus::{Bus, Delivery, MemoryBus, Notice, Subscription};
use parlor_core::{Core, Entered, Guests, Registrant, Registration, Settings};
use parlor_identity::{Identity, IdentitySettings};
use parlor_model::{Env, SessionId, UserId};
use parlor_store::{Database, Store};
use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) use call::{Answer, Call};
pub(crate) use env::TestClock;

/// What every test's people sign in with.
pub(crate) const PASSWORD: &str = "canary-password-7Qx2";

/// A server.
pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) core: Core,
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) bus: Subscription,
    pub(crate) online: Arc<Mutex<HashSet<UserId>>>,
    pub(crate) document: Value,
    /// What no answer may hold, except the one that hands it out.
    secrets: Mutex<Vec<String>>,
    _folder: tempfile::TempDir,
}

/// Somebody with a session.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) session: SessionId,
}

/// A server where everybody may come in, at any speed.
pub(crate) async fn world() -> World {
    World::with(open_settings(), Options::default()).await
}

/// Open doors and no rate limits.
pub(crate) fn open_settings() -> Settings {
    let mut settings =
        Settings { registration: Registration::Open, guests: Guests::Open, ..Settings::default() };
    settings.limits.enabled = false;
    settings
}

impl World {
    pub(crate) async fn with(settings: Settings, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::sqlite(folder.path());
        let store = Store::open(&database, parlor_store::Options::default()).await.unwrap();
        let clock = Arc::new(TestClock::default());
        let env = Env { clock: clock.clone(), random: Arc::new(env::TestRandom::default()) };
        let bus = Arc::new(MemoryBus::new());
        let ear = bus.subscribe();
        let core = Core::start(store.clone(), bus, env.clone(), settings).await.unwrap();
        let identity = Identity::new(store, env, core.workspace(), IdentitySettings::default());
        let online: Arc<Mutex<HashSet<UserId>>> = Arc::default();
        let connected = online.clone();
        let presence = Arc::new(move |user| connected.lock().unwrap().contains(&user));
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let state = ApiState::new(core.clone(), identity.clone(), presence, options, registry, metrics);
        Self {
            router: parlor_api::router(state),
            core,
            identity,
            clock,
            bus: ear,
            online,
            document: serde_json::to_value(parlor_api::document()).unwrap(),
            secrets: Mutex::new(vec![PASSWORD.to_owned(), "$argon2".to_owned()]),
            _folder: folder,
        }
    }

    /// Sends a request and checks the answer against the document and for secrets.
    pub(crate) async fn send(&self, call: Call) -> Answer {
        let (method, path, peer) = (call.method.clone(), call.path.clone(), call.peer);
        let mut request = call.into_request();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let answer = Answer::read(response).await;
        contract::check(&self.document, &method, &path, &answer);
        self.check_secrets(&method, &path, &answer);
        answer
    }

    /// No answer holds a password, its hash, or a token or code that was handed out before.
    fn check_secrets(&self, method: &str, path: &str, answer: &Answer) {
        let mut secrets = self.secrets.lock().unwrap();
        for secret in secrets.iter() {
            assert!(!answer.text.contains(secret), "{method} {path} gave away {secret}");
        }
        for name in ["token", "code"] {
            if let Some(secret) = answer.json[name].as_str().filter(|_| answer.status < 300) {
                secrets.push(secret.to_owned());
            }
        }
        let cookie = answer.header("set-cookie");
        secrets.extend(cookie.split(['=', ';']).nth(1).filter(|token| !token.is_empty()).map(str::to_owned));
    }

    /// The sessions that were told to have ended, since the last time.
    pub(crate) async fn ended(&mut self) -> Vec<SessionId> {
        let mut ended = Vec::new();
        loop {
            tokio::select! {
                biased;
                delivery = self.bus.next() => match delivery {
                    Delivery::Notice(Notice::SessionEnded(session)) => ended.push(session),
                    Delivery::Notice(_) => {}
                    other => panic!("the bus said {other:?}"),
                },
                // Telling comes before the answer, so whatever was answered is in the channel by now.
                () = std::future::ready(()) => return ended,
            }
        }
    }

    /// An account, through the front door.
    pub(crate) async fn register(&self, name: &str) -> Person {
        let body = json!({"username": name, "password": PASSWORD});
        let answer = self.send(Call::post("/auth/register", body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.person(&answer).await
    }

    /// An account that has no password, so that nothing must be hashed.
    pub(crate) async fn member(&self, name: &str) -> Person {
        self.enter(name, parlor_core::Admission::default()).await
    }

    /// An account of a name that nobody can choose any more, as it was spelled.
    pub(crate) async fn named_before(&self, name: &str, password_hash: &str) {
        let username = parlor_model::Username::stored(name.to_owned());
        let user = parlor_model::User {
            id: UserId::generate(self.core.env()),
            workspace: self.core.workspace(),
            display_name: parlor_model::DisplayName::from(&username),
            username,
            role: parlor_model::Role::Member,
            invited: false,
            created_at: self.core.env().now(),
        };
        let hash = password_hash.to_owned();
        let added = self
            .core
            .store()
            .write(move |tx| Box::pin(async move { tx.insert_user(&user, Some(&hash)).await }));
        assert!(added.await.unwrap());
    }

    /// The owner of the workspace.
    pub(crate) async fn owner(&self) -> Person {
        let setup_token = self.core.issue_setup_token().await.unwrap();
        let admission = parlor_core::Admission { invite: None, setup_token };
        self.enter("the-owner", admission).await
    }

    /// A guest.
    pub(crate) async fn guest(&self, name: &str) -> Person {
        let entered = self.core.enter_as_guest(name, None).await.unwrap();
        self.session_of(entered).await
    }

    async fn enter(&self, name: &str, admission: parlor_core::Admission) -> Person {
        let registrant = Registrant {
            username: name.to_owned(),
            display_name: None,
            password_hash: "$argon2-canary".to_owned(),
            admission,
        };
        let entered = self.core.register(registrant).await.unwrap();
        self.session_of(entered).await
    }

    async fn session_of(&self, entered: Entered) -> Person {
        let (session, token) = self.identity.open_session(entered.user.id, "a test").await.unwrap();
        self.secrets.lock().unwrap().push(token.expose().to_owned());
        Person { id: entered.user.id.to_string(), token: token.expose().to_owned(), session: session.id }
    }

    /// The person that an answer to a sign-in is about.
    pub(crate) async fn person(&self, answer: &Answer) -> Person {
        let token = answer.json["token"].as_str().unwrap().to_owned();
        let session = self.identity.authenticate(&token).await.unwrap().session;
        Person { id: answer.json["user"]["id"].as_str().unwrap().to_owned(), token, session }
    }

    /// A second session of somebody.
    pub(crate) async fn again(&self, person: &Person) -> Person {
        let user = person.id.parse().unwrap();
        let (session, token) = self.identity.open_session(user, "another").await.unwrap();
        self.secrets.lock().unwrap().push(token.expose().to_owned());
        Person { token: token.expose().to_owned(), session: session.id, ..person.clone() }
    }

    /// A room. Answers its id.
    pub(crate) async fn room(&self, owner: &Person, name: &str, kind: &str) -> String {
        let body = json!({"name": name, "kind": kind});
        let answer = self.send(Call::post("/rooms", body).by(owner)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json["id"].as_str().unwrap().to_owned()
    }

    /// Joins a room, by an invitation where that is needed.
    pub(crate) async fn join(&self, person: &Person, room: &str, owner: &Person) {
        let invited = self.send(Call::post(&format!("/rooms/{room}/invites"), json!({})).by(owner)).await;
        let code = invited.json["code"].clone();
        let accepted = self.send(Call::post("/invites/accept", json!({ "code": code })).by(person)).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
    }

    /// Says something. Answers the message.
    pub(crate) async fn say(&self, person: &Person, room: &str, body: &str) -> Value {
        let path = format!("/rooms/{room}/messages");
        let answer = self.send(Call::post(&path, json!({ "body": body })).by(person)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json
    }
}

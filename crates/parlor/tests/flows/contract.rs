//! The contract, version 1, walked through from end to end with plain HTTP and a plain WebSocket, as a program would that
//! knows nothing but the documentation.

use anyhow::{Context as _, Result, ensure};
use parlor_testkit::{Database, Server};
use reqwest::Method;
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::support::{on_both_databases, server};

on_both_databases!(accounts_rooms_and_messages, live_events, doors_are_closed_by_default);

/// Speaks HTTP as somebody, or as nobody.
struct Caller {
    http: reqwest::Client,
    api: String,
    token: Option<String>,
}

impl Caller {
    fn new(server: &Server) -> Self {
        Self { http: reqwest::Client::new(), api: format!("{}/api/v1", server.url()), token: None }
    }

    fn signed_in(&self, answer: &Value) -> Self {
        let token = answer["token"].as_str().map(str::to_owned);
        Self { http: self.http.clone(), api: self.api.clone(), token }
    }

    fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Calls, checks the status, and returns the body.
    async fn call(&self, status: u16, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.api));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let got = response.status().as_u16();
        let text = response.text().await?;
        ensure!(got == status, "{path}: status {got} instead of {status}: {text}");
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).context(text) }
    }

    async fn get(&self, path: &str) -> Result<Value> {
        self.call(200, Method::GET, path, None).await
    }

    async fn post(&self, status: u16, path: &str, body: Value) -> Result<Value> {
        self.call(status, Method::POST, path, Some(body)).await
    }
}

const PASSWORD: &str = "correct horse battery staple";

async fn accounts_rooms_and_messages(database: Database) -> Result<()> {
    let server = Server::start(server().database(database)).await?;
    let nobody = Caller::new(&server);

    let registered = nobody
        .post(
            201,
            "/auth/register",
            json!({"username": "ada", "password": PASSWORD, "display_name": "Ada L."}),
        )
        .await?;
    assert_eq!(registered["user"]["username"], "ada");
    assert_eq!(registered["user"]["display_name"], "Ada L.");
    assert_eq!(registered["user"]["role"], "member", "an open door makes no owner");
    let logged_in = nobody.post(200, "/auth/login", json!({"username": "ada", "password": PASSWORD})).await?;
    assert_eq!(logged_in["user"], registered["user"]);
    assert_ne!(logged_in["token"], registered["token"]);
    let ada = nobody.signed_in(&logged_in);
    assert_eq!(ada.get("/me").await?["user"], registered["user"]);

    let guest = nobody.post(201, "/auth/guest", json!({"display_name": "Bo"})).await?;
    assert_eq!(guest["user"]["role"], "guest");
    let bo = nobody.signed_in(&guest);

    let room =
        ada.post(201, "/rooms", json!({"name": "Tea Room", "kind": "public", "topic": "Leaves"})).await?;
    assert_eq!(
        (&room["name"], &room["kind"], &room["topic"]),
        (&json!("Tea Room"), &json!("public"), &json!("Leaves"))
    );
    assert_eq!((&room["slug"], &room["role"]), (&json!("tea-room"), &json!("owner")));
    let id = room["id"].as_str().context("an id")?.to_owned();
    assert!(id.starts_with("rm_"));
    let public = bo.get("/rooms?scope=public").await?;
    assert!(
        public["rooms"].as_array().context("rooms")?.iter().any(|room| room["id"] == id.as_str()),
        "{public}"
    );
    let joined = bo.post(200, &format!("/rooms/{id}/join"), json!({})).await?;
    assert_eq!((&joined["id"], &joined["member_count"]), (&json!(id), &json!(2)));

    let messages = format!("/rooms/{id}/messages");
    let first = bo.post(201, &messages, json!({"body": "**hi**", "nonce": "k7"})).await?;
    assert_eq!(
        (&first["body"], &first["nonce"], &first["author"]),
        (&json!("**hi**"), &json!("k7"), &guest["user"]["id"])
    );
    assert_eq!(first["html"], "<p dir=\"auto\"><strong>hi</strong></p>");
    let again = bo.post(201, &messages, json!({"body": "something else", "nonce": "k7"})).await?;
    assert_eq!(again, first, "a repeated nonce returns the first result");
    let answer = ada.post(201, &messages, json!({"body": "hello Bo", "reply_to": first["id"]})).await?;
    assert_eq!(answer["reply_to"], first["id"]);
    assert_eq!(answer["seq"].as_u64(), first["seq"].as_u64().map(|seq| seq + 1));

    pages(&ada, &messages, answer["seq"].as_u64().context("a seq")?).await?;
    bo.call(204, Method::POST, &format!("/rooms/{id}/leave"), None).await?;
    assert_eq!(bo.get("/rooms").await?["rooms"], json!([]));
    ada.call(204, Method::POST, "/auth/logout", None).await?;
    assert_eq!(ada.call(401, Method::GET, "/me", None).await?["code"], "unauthenticated");
    server.stop().await
}

/// Reads history by each cursor, in a room whose newest change has the place `head`.
async fn pages(caller: &Caller, messages: &str, head: u64) -> Result<()> {
    for number in 1..=4 {
        caller.post(201, messages, json!({"body": format!("{number}")})).await?;
    }
    let head = head + 4;
    let page = async |query: &str| -> Result<(Vec<u64>, u64)> {
        let page = caller.get(&format!("{messages}?{query}")).await?;
        let seqs = page["messages"].as_array().context("messages")?.iter();
        Ok((
            seqs.filter_map(|message| message["seq"].as_u64()).collect(),
            page["head"].as_u64().context("head")?,
        ))
    };
    assert_eq!(page("limit=2").await?, (vec![head - 1, head], head));
    assert_eq!(page(&format!("limit=2&before={}", head - 1)).await?, (vec![head - 3, head - 2], head));
    assert_eq!(page(&format!("limit=2&after={}", head - 3)).await?, (vec![head - 2, head - 1], head));
    assert_eq!(
        page(&format!("limit=3&around={}", head - 2)).await?,
        (vec![head - 3, head - 2, head - 1], head)
    );
    assert_eq!(page(&format!("after={head}")).await?, (vec![], head));
    Ok(())
}

async fn live_events(database: Database) -> Result<()> {
    let server = Server::start(server().database(database)).await?;
    let nobody = Caller::new(&server);
    let mut people = Vec::new();
    for name in ["ada", "bo"] {
        let body = json!({"username": name, "password": PASSWORD});
        people.push(nobody.signed_in(&nobody.post(201, "/auth/register", body).await?));
    }
    let (ada, bo) = (&people[0], &people[1]);
    let room = ada.post(201, "/rooms", json!({"name": "Tea", "kind": "public"})).await?;
    let id = room["id"].as_str().context("an id")?.to_owned();
    let (mut of_ada, ready) = Socket::hello(&server, ada.token()).await?;
    assert_eq!(ready["user"]["username"], "ada");
    let heads: Vec<_> =
        ready["rooms"].as_array().context("rooms")?.iter().filter(|room| room["id"] == id.as_str()).collect();
    assert_eq!(heads[0]["head"], room["head"]);

    bo.post(200, &format!("/rooms/{id}/join"), json!({})).await?;
    let joined = of_ada.frame_of("member.joined").await?;
    assert_eq!((&joined["room"], &joined["data"]["user"]["username"]), (&json!(id), &json!("bo")));
    let seq = joined["seq"].as_u64().context("a seq")?;

    let (mut of_bo, _) = Socket::hello(&server, bo.token()).await?;
    let sent = of_bo.ask(2, "message.send", json!({"room": id, "body": "hi", "nonce": "k7"})).await?;
    assert_eq!((&sent["type"], &sent["data"]["seq"]), (&json!("ok"), &json!(seq + 1)));
    for socket in [&mut of_ada, &mut of_bo] {
        let event = socket.frame_of("message.created").await?;
        assert_eq!((&event["room"], &event["seq"]), (&json!(id), &json!(seq + 1)));
        assert_eq!((&event["data"]["id"], &event["data"]["body"]), (&sent["data"]["id"], &json!("hi")));
        assert_eq!(event["data"]["nonce"], "k7");
        let sent_at = event["data"]["sent_at"].as_str().context("a time")?;
        assert!(sent_at.ends_with('Z') && sent_at.contains('T'), "{sent_at}");
    }

    let message = json!({"room": id, "id": sent["data"]["id"], "body": "hello"});
    let edited = of_bo.ask(3, "message.edit", message).await?;
    assert_eq!(edited["data"]["seq"], json!(seq + 2), "{edited}");
    let event = of_ada.frame_of("message.edited").await?;
    assert_eq!((&event["seq"], &event["data"]["seq"]), (&json!(seq + 2), &json!(seq + 1)));
    assert_eq!(event["data"]["body"], "hello");
    let message = json!({"room": id, "id": sent["data"]["id"]});
    let refused =
        of_bo.ask(4, "message.delete", json!({"room": id, "id": id.replace("rm_", "msg_")})).await?;
    assert_eq!(refused["error"]["code"], "not_found");
    of_bo.ask(5, "message.delete", message).await?;
    let event = of_ada.frame_of("message.deleted").await?;
    assert_eq!((&event["seq"], &event["data"]["body"]), (&json!(seq + 3), &json!("")));

    bo.call(204, Method::POST, &format!("/rooms/{id}/leave"), None).await?;
    assert_eq!(of_ada.frame_of("member.left").await?["seq"], json!(seq + 4));
    assert_eq!(
        of_bo.frame_of("member.left").await?["seq"],
        json!(seq + 4),
        "one's own leaving is the last one hears"
    );
    ada.post(201, &format!("/rooms/{id}/messages"), json!({"body": "bo is gone"})).await?;
    of_ada.frame_of("message.created").await?;
    let nothing = of_bo.ask(6, "ping", json!({})).await?;
    assert_eq!(nothing["type"], "ok");
    assert!(of_bo.passed().is_empty(), "an event of a room one has left came: {:?}", of_bo.passed());
    server.stop().await
}

/// The defaults: without an invitation nobody comes in, and the owner's link is the only way to begin.
async fn doors_are_closed_by_default(database: Database) -> Result<()> {
    let closed = server().database(database).env("PARLOR_REGISTRATION", "").env("PARLOR_GUESTS", "");
    let server = Server::start(closed).await?;
    let nobody = Caller::new(&server);
    let body = json!({"username": "eve", "password": PASSWORD});
    assert_eq!(nobody.post(403, "/auth/register", body).await?["code"], "registration_needs_invite");
    let refused = nobody.post(403, "/auth/guest", json!({"display_name": "Eve"})).await?;
    assert_eq!(refused["code"], "guests_need_invite");

    let owner = server.owner().await?;
    let room = owner.private_room("Back room").await?;
    let invited = nobody.signed_in(&json!({"token": owner.client.token()}));
    let invite = invited.post(201, &format!("/rooms/{}/invites", room.id), json!({"max_uses": 1})).await?;
    let body = json!({"display_name": "Bo", "invite": invite["code"]});
    let guest = nobody.post(201, "/auth/guest", body.clone()).await?;
    assert_eq!((&guest["user"]["role"], &guest["room"]["id"]), (&json!("guest"), &json!(room.id)));
    assert_eq!(nobody.post(403, "/auth/guest", body).await?["code"], "invite_invalid");
    server.stop().await
}

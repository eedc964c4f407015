//! What no honest client sends: it is refused in words, and nobody else notices.

use anyhow::{Context as _, Result};
use parlor_client::protocol::CloseCode;
use parlor_testkit::{Database, Server};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::socket::Socket;
use crate::support::{on_both_databases, server};

on_both_databases!(bad_frames_get_an_error_and_the_connection_goes_on);

async fn bad_frames_get_an_error_and_the_connection_goes_on(database: Database) -> Result<()> {
    let server = Server::start(server().database(database)).await?;
    let owner = server.owner().await?;
    let room = owner.room("Harbour").await?.id;
    let (mut socket, _) = Socket::hello(&server, owner.client.token().unwrap()).await?;
    let nowhere = owner.user.id.replace("usr_", "rm_");
    let large = "x".repeat(70_000);
    let bad = [
        ("no JSON", "{".to_owned(), "bad_request"),
        ("no object", "[]".to_owned(), "bad_request"),
        ("no type", "{}".to_owned(), "bad_request"),
        ("nothing", String::new(), "bad_request"),
        ("a type that isn't one", json!({"type": 7}).to_string(), "bad_request"),
        ("nested for ever", "[".repeat(10_000), "bad_request"),
        ("an unknown command", json!({"type": "room.explode", "ref": 7}).to_string(), "unknown_type"),
        ("a second hello", json!({"type": "hello", "ref": 7, "data": {}}).to_string(), "hello_expected"),
        ("no data", json!({"type": "message.send", "ref": 7}).to_string(), "bad_request"),
        ("wrong data", message(&json!({"room": 5, "body": "x"})), "bad_request"),
        ("an unknown field", message(&json!({"room": room, "body": "x", "colour": "red"})), "bad_request"),
        ("no id", message(&json!({"room": "nowhere", "body": "x"})), "invalid_field"),
        ("no such room", message(&json!({"room": nowhere, "body": "x"})), "not_found"),
        ("an empty text", message(&json!({"room": room, "body": "  "})), "body_empty"),
        ("a NUL", message(&json!({"room": room, "body": "a\0b"})), "invalid_field"),
        ("a long text", message(&json!({"room": room, "body": "x".repeat(16_385)})), "body_too_long"),
        ("a large frame", message(&json!({"room": room, "body": large})), "too_large"),
        (
            "an unknown slash command",
            message(&json!({"room": room, "body": "/usr is full"})),
            "unknown_command",
        ),
    ];
    for (name, text, code) in bad {
        socket.send_raw(Message::text(text)).await?;
        let answer = socket.frame().await.with_context(|| name.to_owned())?;
        assert_eq!(
            (&answer["type"], &answer["error"]["code"]),
            (&json!("error"), &json!(code)),
            "{name}: {answer}"
        );
        assert!(answer["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{name}");
    }
    let sent = socket.ask(8, "message.send", json!({"room": room, "body": "still here"})).await?;
    assert_eq!(sent["type"], "ok", "{sent}");
    assert_eq!(owner.client.room(&room).await?.head, sent["data"]["seq"].as_u64().unwrap());
    server.stop().await
}

fn message(data: &Value) -> String {
    json!({"type": "message.send", "ref": 7, "data": data}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_the_protocol_ends_that_connection_alone() -> Result<()> {
    let server = Server::start(server()).await?;
    let owner = server.owner().await?;
    let token = owner.client.token().unwrap();
    let (mut bystander, _) = Socket::hello(&server, token).await?;

    let (mut binary, _) = Socket::hello(&server, token).await?;
    binary.send_raw(Message::binary(vec![0, 1, 2])).await?;
    assert_eq!(binary.closed().await?, CloseCode::Unsupported.number());

    let (mut huge, _) = Socket::hello(&server, token).await?;
    // The server hangs up while the rest is still on its way, and that may reset the connection before its words arrive.
    let sent = huge.send_raw(Message::text("x".repeat(1 << 20))).await;
    match sent.and(huge.closed().await) {
        Ok(code) => assert_eq!(code, CloseCode::TooLarge.number()),
        Err(error) => assert!(!error.to_string().contains("in time"), "{error}"),
    }

    let mut silent = Socket::connect(&server).await?;
    silent.send(&json!({"type": "ping", "ref": 1})).await?;
    assert_eq!(silent.frame().await?["error"]["code"], "hello_expected");

    let mut stranger = Socket::connect(&server).await?;
    stranger.send(&json!({"type": "hello", "ref": 1, "data": {"token": "pls_nobody"}})).await?;
    assert_eq!(stranger.closed().await?, CloseCode::Unauthenticated.number());

    assert_eq!(bystander.ask(9, "ping", json!({})).await?["type"], "ok");
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_an_error_of_the_documented_form() -> Result<()> {
    let server = Server::start(server()).await?;
    let owner = server.owner().await?;
    let api = format!("{}/api/v1", server.url());
    // The server hangs up on whom it refuses before they have said everything: each case has a connection of its own.
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build()?;
    let bearer = |request: reqwest::RequestBuilder| request.bearer_auth(owner.client.token().unwrap());
    let json_body = |request: reqwest::RequestBuilder, body: String| {
        request.header("content-type", "application/json").body(body)
    };
    let rooms = || bearer(http.post(format!("{api}/rooms")));
    let cases = [
        ("no JSON", json_body(rooms(), "{".into()), 400, "bad_request"),
        ("nested for ever", json_body(rooms(), "[".repeat(100_000)), 400, "bad_request"),
        (
            "a field too many",
            json_body(rooms(), json!({"name": "a", "kind": "public", "x": 1}).to_string()),
            400,
            "bad_request",
        ),
        ("too large", json_body(rooms(), "x".repeat(300_000)), 413, "too_large"),
        ("no such path", bearer(http.get(format!("{api}/nothing"))), 404, "no_such_path"),
        ("no such method", bearer(http.put(format!("{api}/rooms"))), 405, "method_not_allowed"),
        ("no credential", http.get(format!("{api}/rooms")), 401, "unauthenticated"),
        ("a broken id", bearer(http.get(format!("{api}/rooms/%00"))), 404, "not_found"),
        ("a broken limit", bearer(http.get(format!("{api}/rooms?limit=many"))), 422, "invalid_field"),
        ("a parameter too many", bearer(http.get(format!("{api}/rooms?limits=1"))), 400, "bad_request"),
    ];
    for (name, request, status, code) in cases {
        let response = request.send().await.context(name)?;
        assert_eq!(response.status().as_u16(), status, "{name}");
        let error: Value = serde_json::from_str(&response.text().await?).context(name)?;
        assert_eq!(error["code"], code, "{name}: {error}");
        assert!(error["message"].is_string(), "{name}: {error}");
    }
    assert_eq!(owner.client.me().await?.username, "owner");
    server.stop().await
}

//! No secret stands in the log, however talkative it is: no password, token, code or word that was said.

use anyhow::Result;
use parlor_client::protocol::{ChangePassword, CreateInvite, Register, SendMessage};
use parlor_testkit::{Database, Server};

use crate::socket::Socket;
use crate::support::{on_both_databases, server};

on_both_databases!(a_talkative_log_keeps_secrets);

const PASSWORD: &str = "canary-password-7Qx2";
const NEXT_PASSWORD: &str = "canary-password-9Zt4";
const WRONG_PASSWORD: &str = "canary-password-1Kv8";
const WORDS: &str = "canary words in a room";

async fn a_talkative_log_keeps_secrets(database: Database) -> Result<()> {
    let server = Server::start(server().database(database).env("PARLOR_LOG", "trace")).await?;
    let mut secrets: Vec<String> =
        [PASSWORD, NEXT_PASSWORD, WRONG_PASSWORD, WORDS, "$argon2"].map(Into::into).into();
    let owner = server.owner().await?;
    let room = owner.private_room("Secrets").await?;
    let invited =
        owner.client.create_invite(&room.id, &CreateInvite { expires_in: None, max_uses: None }).await?;
    secrets.extend([owner.client.token().unwrap().to_owned(), invited.code.clone()]);
    assert_silent(&server, &secrets);

    let stranger = server.client()?;
    stranger.inspect_invite(&invited.code).await?;
    let register = Register {
        username: "ada".to_owned(),
        password: PASSWORD.to_owned(),
        display_name: None,
        invite: Some(invited.code.clone()),
        setup_token: None,
        cookie: false,
    };
    let ada = stranger.signed_in(&stranger.register(&register).await?)?;
    secrets.push(ada.token().unwrap().to_owned());
    stranger.login("ada", WRONG_PASSWORD).await.unwrap_err();
    stranger.with_token(format!("{}x", ada.token().unwrap())).me().await.unwrap_err();
    assert_silent(&server, &secrets);

    let (mut socket, _) = Socket::hello(&server, ada.token().unwrap()).await?;
    let message = SendMessage { body: WORDS.to_owned(), nonce: None, reply_to: None };
    ada.send_message(&room.id, &message).await?;
    let said = serde_json::json!({"room": room.id, "body": WORDS});
    assert_eq!(socket.ask(2, "message.send", said).await?["type"], "ok");
    let change =
        ChangePassword { current_password: PASSWORD.to_owned(), new_password: NEXT_PASSWORD.to_owned() };
    ada.change_password(&change).await?;
    assert_silent(&server, &secrets);
    server.stop().await
}

/// Looks through the newest lines, so it is asked after every few steps.
fn assert_silent(server: &Server, secrets: &[String]) {
    let log = server.log();
    assert!(log.contains("DEBUG"), "the log is not talkative:\n{log}");
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

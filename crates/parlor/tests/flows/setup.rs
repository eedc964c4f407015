//! The setup link: it makes the owner, once.

use anyhow::Result;
use parlor_client::protocol::{ErrorCode, Register, SignedIn};
use parlor_testkit::{Database, Server};

use crate::support::{on_both_databases, server};

on_both_databases!(it_works_once, a_restart_replaces_it);

async fn register(server: &Server, username: &str, link: &str) -> Result<SignedIn, parlor_client::Error> {
    let token = link.split_once('#').map(|(_, token)| token.to_owned());
    let register = Register {
        username: username.to_owned(),
        password: "correct horse battery staple".to_owned(),
        display_name: None,
        invite: None,
        setup_token: token,
        cookie: false,
    };
    parlor_client::Client::new(server.url())?.register(&register).await
}

async fn it_works_once(database: Database) -> Result<()> {
    let mut server = Server::start(server().database(database)).await?;
    let link = server.setup_link().expect("a link").to_owned();
    assert!(link.starts_with(&format!("{}/setup#", server.url())), "{link}");
    assert_eq!(register(&server, "ada", &link).await?.user.role, "owner");
    let refusal = register(&server, "eve", &link).await.unwrap_err();
    assert_eq!(refusal.code(), Some(ErrorCode::SetupTokenInvalid));
    assert!(!server.client()?.server_info().await?.setup_needed);
    assert!(server.terminate().await?.success());
    server.restart().await?;
    assert_eq!(server.setup_link(), None);
    server.stop().await
}

async fn a_restart_replaces_it(database: Database) -> Result<()> {
    let mut server = Server::start(server().database(database)).await?;
    let first = server.setup_link().expect("a link").to_owned();
    server.restart().await?;
    let second = server.setup_link().expect("a link").to_owned();
    let refusal = register(&server, "eve", &first).await.unwrap_err();
    assert_eq!(refusal.code(), Some(ErrorCode::SetupTokenInvalid));
    assert_eq!(register(&server, "ada", &second).await?.user.role, "owner");
    server.stop().await
}

//! The end of a session ends everything that speaks in its name, at once.

use anyhow::Result;
use parlor_client::protocol::{CloseCode, ErrorCode};
use parlor_testkit::{Database, Server};

use crate::socket::Socket;
use crate::support::{on_both_databases, server};

on_both_databases!(logout_ends_its_sockets_and_no_others, a_session_ends_from_another_device);

async fn logout_ends_its_sockets_and_no_others(database: Database) -> Result<()> {
    let server = Server::start(server().database(database)).await?;
    server.owner().await?;
    let (phone, laptop) = (server.login("owner").await?, server.login("owner").await?);
    let (mut of_phone, _) = Socket::hello(&server, phone.client.token().unwrap()).await?;
    let (mut another_of_phone, _) = Socket::hello(&server, phone.client.token().unwrap()).await?;
    let (mut of_laptop, _) = Socket::hello(&server, laptop.client.token().unwrap()).await?;

    phone.client.logout().await?;

    assert_eq!(of_phone.closed().await?, CloseCode::SessionEnded.number());
    assert_eq!(another_of_phone.closed().await?, CloseCode::SessionEnded.number());
    assert_eq!(phone.client.me().await.unwrap_err().code(), Some(ErrorCode::Unauthenticated));
    let mut again = Socket::connect(&server).await?;
    let hello = serde_json::json!({"type": "hello", "ref": 1, "data": {"token": phone.client.token()}});
    again.send(&hello).await?;
    assert_eq!(again.closed().await?, CloseCode::Unauthenticated.number());
    assert_eq!(of_laptop.ask(2, "ping", serde_json::json!({})).await?["type"], "ok");
    assert_eq!(laptop.client.me().await?.username, "owner");
    server.stop().await
}

async fn a_session_ends_from_another_device(database: Database) -> Result<()> {
    let server = Server::start(server().database(database)).await?;
    let first = server.owner().await?;
    let second = server.login("owner").await?;
    let (mut of_second, _) = Socket::hello(&server, second.client.token().unwrap()).await?;
    let sessions = first.client.sessions().await?;
    let other = sessions.iter().find(|session| !session.current).expect("the other session");

    first.client.end_session(&other.id).await?;

    assert_eq!(of_second.closed().await?, CloseCode::SessionEnded.number());
    assert_eq!(second.client.me().await.unwrap_err().code(), Some(ErrorCode::Unauthenticated));
    server.stop().await
}

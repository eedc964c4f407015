//! What both transports have around them, and what the operator hears of those who are turned away.

use anyhow::{Context as _, Result};
use parlor_testkit::Server;
use reqwest::header::HeaderMap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::server;

/// One path of each transport.
const PATHS: [&str; 2] = ["/api/v1/server", "/api/v1/ws"];

/// Sends a head as it is; returns the answer's first line.
async fn first_line(server: &Server, head: &str) -> Result<String> {
    let address = server.url().strip_prefix("http://").context("the server has no address")?;
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await?;
    Ok(String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_one_host() -> Result<()> {
    let server = Server::start(server()).await?;
    let upgrade = "Connection: upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for hosts in [
        "",
        "Host: a\r\nHost: a\r\n",
        "Host: a\r\nHost: b\r\n",
        "Host: \r\n",
        "Host: a b\r\n",
        "Host: u@a\r\n",
    ] {
        for (path, rest) in [(PATHS[0], "Connection: close\r\n"), (PATHS[1], upgrade)] {
            let line = first_line(&server, &format!("GET {path} HTTP/1.1\r\n{hosts}{rest}\r\n")).await?;
            assert!(line.starts_with("HTTP/1.1 400 "), "{path} {hosts:?}: {line}");
        }
    }
    let old = first_line(&server, &format!("GET {} HTTP/1.0\r\n\r\n", PATHS[0])).await?;
    assert!(old.contains(" 200 "), "{old}");
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_the_same_headers() -> Result<()> {
    let server = Server::start(server()).await?;
    let headers = |path: &str| {
        let url = format!("{}{path}", server.url());
        async move { anyhow::Ok(reqwest::get(url).await?.headers().clone()) }
    };
    let shown = |headers: &HeaderMap, name: &str| headers.get(name).cloned();
    let (page, socket) = (headers(PATHS[0]).await?, headers(PATHS[1]).await?);
    for name in [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
    ] {
        assert!(page.contains_key(name), "{name}");
        assert_eq!(shown(&page, name), shown(&socket, name), "{name}");
    }
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_hears_of_refused_origins_and_of_unreadable_addresses() -> Result<()> {
    let origin = ("origin", "https://shop.example");
    let site = ("sec-fetch-site", "cross-site");
    for (path, said, name) in [
        (PATHS[0], &[origin][..], "https://shop.example"),
        (PATHS[0], &[site, origin], "https://shop.example"),
        (PATHS[0], &[site], "none"),
        (PATHS[1], &[origin], "https://shop.example"),
    ] {
        let server = Server::start(server()).await?;
        let (_, port) = server.url().rsplit_once(':').context("the server has no port")?;
        for _ in 0..3 {
            let url = format!("{}{path}", server.url());
            let request = if path == PATHS[0] {
                reqwest::Client::new().post(format!("{}/api/v1/auth/logout", server.url()))
            } else {
                reqwest::Client::new().get(url)
            };
            let request = said.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let request = request
                .header("cookie", format!("parlor_session_{port}=x"))
                .header("x-forwarded-for", "unknown");
            assert_eq!(request.send().await?.status(), 403, "{path}");
            let guest = reqwest::Client::new().post(format!("{}/api/v1/auth/guest", server.url()));
            guest.header("x-forwarded-for", "unknown").send().await?;
        }
        let log = server.log();
        for (words, name) in [("server.public_url", name), ("X-Forwarded-For", "proxy")] {
            let lines: Vec<&str> = log.lines().filter(|line| line.contains(words)).collect();
            assert!(matches!(lines[..], [line] if line.contains(name)), "{path}: {log}");
        }
        server.stop().await?;
    }
    Ok(())
}

//! Behind the reverse proxies that `docs/reverse-proxy.md` shows, run as they stand there.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use parlor_testkit::{DEADLINE, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::socket::Socket;
use crate::support::server;

/// A proxy that is killed when this is dropped.
struct Proxy {
    _process: Child,
    folder: tempfile::TempDir,
    /// Where it listens: a host and a port.
    authority: String,
}

impl Proxy {
    async fn nginx(server: &Server) -> Result<Self> {
        Self::start(server, |folder, authority, target| {
            let example = example("nginx")
                .replace("listen 443 ssl;", &format!("listen {authority};"))
                .replace("127.0.0.1:8080", target);
            let kept: Vec<&str> = example.lines().filter(|line| !line.contains("ssl")).collect();
            let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|name| format!("{name}_temp_path {name};"))
                .concat();
            let whole = format!(
                "daemon off; master_process off; pid nginx.pid; error_log stderr;\nevents {{}}\n\
                 http {{ access_log off; {places}\n{}\n}}\n",
                kept.join("\n")
            );
            std::fs::write(folder.join("nginx.conf"), whole)?;
            let mut command = Command::new(program("nginx"));
            command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
            Ok(command)
        })
        .await
    }

    async fn caddy(server: &Server) -> Result<Self> {
        Self::start(server, |folder, authority, target| {
            let example = example("caddy")
                .replace("chat.example.org", &format!("http://{authority}"))
                .replace("127.0.0.1:8080", target);
            std::fs::write(folder.join("Caddyfile"), format!("{{\n admin off\n}}\n{example}"))?;
            let mut command = Command::new(program("caddy"));
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
            command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
            Ok(command)
        })
        .await
    }

    /// Starts what `prepare` makes of a folder, of where to listen and of where Parlor is, and waits until it passes on.
    async fn start(
        server: &Server,
        prepare: impl FnOnce(&Path, &str, &str) -> Result<Command>,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let authority = free_authority()?;
        let target = server.url().strip_prefix("http://").context("the server has no address")?;
        let mut command = prepare(folder.path(), &authority, target)?;
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("said"))?)
            .kill_on_drop(true)
            .spawn()
            .context("nginx and caddy are needed: `cargo xtask test prerequisites` installs them")?;
        let proxy = Self { _process: process, folder, authority };
        let begun = tokio::time::timeout(DEADLINE, proxy.passes_on()).await;
        begun
            .with_context(|| std::fs::read_to_string(proxy.folder.path().join("said")).unwrap_or_default())?;
        Ok(proxy)
    }

    async fn passes_on(&self) {
        let url = format!("http://{}/healthz", self.authority);
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Enters as a guest, and claims to come from elsewhere.
    async fn enter(&self, claimed: &str) -> Result<(StatusCode, Value)> {
        let request = reqwest::Client::new()
            .post(format!("http://{}/api/v1/auth/guest", self.authority))
            .header("x-forwarded-for", claimed)
            .header("forwarded", format!("for={claimed}"))
            .header("x-real-ip", claimed)
            .header("origin", format!("http://{}", self.authority))
            .body(json!({"display_name": "Grace"}).to_string())
            .header("content-type", "application/json");
        let answer = request.send().await?;
        Ok((answer.status(), serde_json::from_str(&answer.text().await?)?))
    }
}

/// The example of the documentation in that language.
fn example(language: &str) -> String {
    let page = include_str!("../../../../docs/reverse-proxy.md");
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Debian keeps servers in a folder that is not in everybody's `PATH`.
fn program(name: &str) -> String {
    let placed = format!("/usr/sbin/{name}");
    if Path::new(&placed).is_file() { placed } else { name.to_owned() }
}

fn free_authority() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// A server that lets three guests in from each address.
async fn strict_server() -> Result<Server> {
    let options =
        server().env("PARLOR_LIMITS_ENABLED", "true").env("PARLOR_LIMITS_GUEST", "3 at once, 1 per h");
    Server::start(options).await
}

/// Whoever makes up where they come from is counted by where they do come from; and sockets pass.
async fn serves_the_truth(proxy: &Proxy) -> Result<()> {
    let mut token = Value::Null;
    for number in 0..3 {
        let (status, guest) = proxy.enter(&format!("203.0.113.{number}")).await?;
        assert_eq!(status, StatusCode::CREATED, "{guest}");
        token = guest["token"].clone();
    }
    for claimed in ["203.0.113.9", "203.0.113.9, 203.0.113.10", "[2001:db8::1]:80", ""] {
        let (status, refusal) = proxy.enter(claimed).await?;
        assert_eq!(
            (status, &refusal["code"]),
            (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")),
            "{claimed}"
        );
    }
    let (mut socket, ready) = Socket::hello_at(&proxy.authority, token.as_str().context("a token")?).await?;
    assert_eq!(ready["user"]["display_name"], "Grace");
    assert_eq!(socket.ask(2, "ping", json!({})).await?["type"], "ok");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_as_documented_tells_the_truth() -> Result<()> {
    let server = strict_server().await?;
    serves_the_truth(&Proxy::nginx(&server).await?).await?;
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn caddy_as_documented_tells_the_truth() -> Result<()> {
    let server = strict_server().await?;
    serves_the_truth(&Proxy::caddy(&server).await?).await?;
    server.stop().await
}

//! The port: free, taken by a Parlor, or taken by something else.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::report::Check;

const NAME: &str = "port";

/// How long whoever has the port may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// How much of the answer is read.
const MAX_ANSWER_BYTES: u64 = 16 * 1024;

/// Tries to take the port; if it is taken, asks by whom.
pub(super) async fn examine(address: SocketAddr) -> Check {
    let Err(error) = TcpListener::bind(address).await else {
        return Check::ok(NAME, format!("{address} is free"));
    };
    match error.kind() {
        ErrorKind::AddrInUse if is_parlor(address).await => {
            Check::ok(NAME, format!("a Parlor answers at {address}"))
        }
        ErrorKind::AddrInUse => Check::problem(
            NAME,
            format!("another program listens at {address}"),
            "Stop it, or choose another port with --listen.",
        ),
        ErrorKind::PermissionDenied => Check::problem(
            NAME,
            format!("this user may not listen at {address}: {error}"),
            "Choose a port from 1024 on with --listen, and let a reverse proxy pass requests on to it.",
        ),
        _ => Check::problem(
            NAME,
            format!("can't listen at {address}: {error}"),
            "Choose an address that this machine has with --listen.",
        ),
    }
}

/// True if what listens there answers like a Parlor.
async fn is_parlor(address: SocketAddr) -> bool {
    let answer = tokio::time::timeout(PATIENCE, ask(address)).await;
    matches!(answer, Ok(Ok(answer)) if answer.contains("\"registration\""))
}

/// What it says of itself to strangers.
async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut reachable = address;
    if address.ip().is_unspecified() {
        reachable.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let mut stream = TcpStream::connect(reachable).await?;
    let request = format!("GET /api/v1/server HTTP/1.1\r\nHost: {reachable}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::report::Status;
    use super::*;

    #[tokio::test]
    async fn a_free_port_is_fine_and_one_of_a_stranger_is_not() {
        // An address that no other test listens at: one that looks for a free port could get the one given up here.
        let stranger = TcpListener::bind("127.0.11.1:0").await.unwrap();
        let address = stranger.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let (mut stream, _) = stranger.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").await.unwrap();
        });
        let check = examine(address).await;
        assert_eq!(check.status, Status::Problem, "{check:?}");
        serving.await.unwrap();
        assert_eq!(examine(address).await.status, Status::Ok);
    }
}

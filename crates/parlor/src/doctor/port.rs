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

    // Port 0 is one that is free whatever else runs here. A port that was just given up is not: another test may have
    // it by now, and a child process that is about to begin holds a copy of its socket for a moment.
    #[tokio::test]
    async fn a_free_port_is_fine() {
        let check = examine(([127, 0, 0, 1], 0).into()).await;
        assert_eq!(check.status, Status::Ok, "{check:?}");
    }

    #[tokio::test]
    async fn a_port_of_a_stranger_is_a_problem() {
        let check = examine(answering("hello").await).await;
        assert_eq!(check.status, Status::Problem, "{check:?}");
    }

    #[tokio::test]
    async fn a_port_of_a_parlor_is_fine() {
        let check = examine(answering("{\"registration\":\"open\"}").await).await;
        assert_eq!(check.status, Status::Ok, "{check:?}");
        assert!(check.message.contains("a Parlor answers"), "{check:?}");
    }

    /// A server that answers whoever connects first with `body`.
    async fn answering(body: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // Read first: who closes with something unread takes back what was written.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
            }
            stream.write_all(format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes()).await.unwrap();
        });
        address
    }
}

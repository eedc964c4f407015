//! The port: taken, or explained.

use std::io::ErrorKind;
use std::net::SocketAddr;

use anyhow::{Result, anyhow};
use tokio::net::TcpListener;

/// Begins to listen.
///
/// # Errors
/// Why that address can't be had, and what to do.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| explain(address, &error))
}

fn explain(address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    let port = address.port();
    let advice = match error.kind() {
        ErrorKind::AddrInUse => format!(
            "Another program, maybe another Parlor, listens there. Stop it, or choose another port: \
             --listen {}.",
            SocketAddr::new(address.ip(), port.checked_add(1).unwrap_or(8080))
        ),
        ErrorKind::PermissionDenied if port < 1024 => format!(
            "Ports below 1024 are for privileged programs. Choose a higher one, like --listen {}, and let a \
             reverse proxy pass requests on to it; or give the program the capability CAP_NET_BIND_SERVICE.",
            SocketAddr::new(address.ip(), 8080)
        ),
        ErrorKind::AddrNotAvailable => {
            "This machine does not have that address. --listen 0.0.0.0:8080 listens on all that it has."
                .into()
        }
        _ => "Choose another address with --listen.".into(),
    };
    anyhow!("can't listen on {address}: {error}. {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_explained() {
        let taken = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let error = bind(taken.local_addr().unwrap()).await.unwrap_err().to_string();
        assert!(error.contains("--listen 127.0.0.1:"), "{error}");
    }

    #[tokio::test]
    async fn a_foreign_address_is_explained() {
        let error = bind(([192, 0, 2, 1], 0).into()).await.unwrap_err().to_string();
        assert!(error.contains("0.0.0.0"), "{error}");
    }
}

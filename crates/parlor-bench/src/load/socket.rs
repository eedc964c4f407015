//! Sockets of a load generator: opened without waiting, from as many source addresses as it takes, and cut without the
//! long farewell that would use up the ports.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use anyhow::{Context, Result};
use mio::net::TcpStream;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with, sockopt};

/// How many connections share a source address. There are about 28,000 ports for each.
const PER_SOURCE: usize = 10_000;

/// The address from which the connection of this number comes, if the server is on the loopback.
fn source(number: usize, target: SocketAddr) -> Option<SocketAddrV4> {
    let last = u8::try_from(2 + number / PER_SOURCE).ok()?;
    target.ip().is_loopback().then(|| SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), 0))
}

/// Begins to connect. A connection that is to read nothing gets a small receive buffer, so that soon nothing more can
/// be sent to it.
///
/// # Errors
/// There are no descriptors or ports left, or the server does not listen.
pub fn open(number: usize, target: SocketAddr, small: bool) -> Result<TcpStream> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let family = if target.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket_with(family, SocketType::STREAM, flags, None).context("no socket is left")?;
    // Ends with a reset: thousands of closed connections would hold their ports for a minute otherwise.
    sockopt::set_socket_linger(&socket, Some(Duration::ZERO))?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    if small {
        sockopt::set_socket_recv_buffer_size(&socket, 4096)?;
    }
    if let Some(source) = source(number, target) {
        bind(&socket, &source).context("no port is left")?;
    }
    match connect(&socket, &target) {
        Ok(()) | Err(Errno::INPROGRESS) => {}
        Err(error) => return Err(error).context("can't connect"),
    }
    Ok(TcpStream::from_std(std::net::TcpStream::from(socket)))
}

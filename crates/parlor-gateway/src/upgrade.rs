//! `GET /api/v1/ws`: decides whether a request may become a socket, and takes the socket out of HTTP. Who speaks is
//! decided by the first frame.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use parlor_core::limits::{Kind, Permit};
use parlor_model::Refusal;
use parlor_protocol::{Error, ErrorCode};
use tokio::net::TcpStream;

use crate::accepted::Accepted;
use crate::admission::Admitted;
use crate::codec::handshake::{self, Abilities, Refused};
use crate::credential::Credential;
use crate::gateway::{Entrance, Shared};
use crate::shard::newcomer::Newcomer;
use crate::wire::{Encoding, SUBPROTOCOLS, Wire};

/// Answers a request for a socket.
pub(crate) async fn handle(State(entrance): State<Entrance>, mut request: Request) -> Response {
    let shared = &entrance.shared;
    let (credential, admitted) = match admit(shared, request.headers(), request.extensions()) {
        Ok(admitted) => admitted,
        Err(error) => {
            shared.metrics.refused.inc();
            return refuse(&error);
        }
    };
    let abilities = Abilities { subprotocols: SUBPROTOCOLS, deflate: shared.options.deflate };
    let judged = handshake::accept(request.method(), request.version(), request.headers(), abilities);
    let accepted = match judged {
        Ok(accepted) => accepted,
        Err(refused) => return unfit(refused),
    };
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return unfit(Refused::HttpVersion);
    };
    let wire = Wire { encoding: Encoding::of(accepted.subprotocol), deflate: accepted.deflate };
    tokio::spawn(take_over(entrance.clone(), upgrade, wire, credential, admitted));
    (StatusCode::SWITCHING_PROTOCOLS, accepted.headers).into_response()
}

/// Refuses a request that can't become a socket.
fn unfit(refused: Refused) -> Response {
    let mut response = refuse(&Error::new(ErrorCode::BadRequest, format!("{refused}.")));
    *response.status_mut() = refused.status();
    response.headers_mut().extend(refused.header());
    response
}

/// Waits until the answer is out, and hands the socket to a shard.
async fn take_over(
    entrance: Entrance,
    upgrade: OnUpgrade,
    wire: Wire,
    credential: Option<Credential>,
    admitted: Admitted,
) {
    let (stream, place, early) = match upgrade.await.map(extract) {
        Ok(Some(parts)) => parts,
        Ok(None) => return tracing::error!("a socket is of a kind that can't be taken over"),
        Err(error) => return tracing::debug!(%error, "a socket ended before it was one"),
    };
    match stream.into_std() {
        Ok(stream) => {
            entrance.shards.adopt(Newcomer { stream, early, wire, credential, admitted, place });
        }
        Err(error) => tracing::warn!(%error, "a socket could not be taken over"),
    }
}

/// The socket itself, its place, and what came before anybody looked.
fn extract(upgraded: Upgraded) -> Option<(TcpStream, Permit, Bytes)> {
    let parts = upgraded.downcast::<TokioIo<Accepted<TcpStream>>>().ok()?;
    let (stream, place) = parts.io.into_inner().into_parts();
    Some((stream, place?, parts.read_buf))
}

fn admit(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    extensions: &http::Extensions,
) -> Result<(Option<Credential>, Admitted), Error> {
    let credential = Credential::of_upgrade(headers, &shared.options).map_err(|_| {
        let words =
            "This request came from a page of another site. If it is yours, set the server's public address.";
        Error::new(ErrorCode::OriginForbidden, words)
    })?;
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = peer.map(|peer| client(peer.to_canonical(), headers, shared));
    if let Some(address) = address {
        let checked = shared.core.limiter().check(Kind::Connect, address);
        checked.map_err(|refusal| Error::from(&refusal))?;
    }
    let admitted = shared.door.admit(address).map_err(|refusal: Refusal| Error::from(&refusal))?;
    Ok((credential, admitted))
}

/// The address that limits count by: the peer's, or the one that trusted proxies name. What stands left of the first
/// entry that no trusted proxy wrote may be a lie.
fn client(peer: IpAddr, headers: &HeaderMap, shared: &Shared) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let mut address = peer;
    for entry in entries.into_iter().rev() {
        if !shared.options.trusts.believes(address) {
            break;
        }
        let Ok(forwarded) = entry.trim().parse::<IpAddr>() else { break };
        address = forwarded.to_canonical();
    }
    match address {
        IpAddr::V4(_) => address,
        // Whoever has an IPv6 address has 2⁶⁴ of them: they count as one.
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

fn refuse(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(error).unwrap_or_default();
    let json = HeaderValue::from_static("application/json");
    let mut response = (status, [(CONTENT_TYPE, json)], body).into_response();
    if let Some(seconds) = error.retry_after {
        let seconds = format!("{:.0}", seconds.ceil().max(1.0));
        if let Ok(value) = HeaderValue::from_str(&seconds) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
    }
    response
}

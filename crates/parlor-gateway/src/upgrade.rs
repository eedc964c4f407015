//! `GET /api/v1/ws`: decides whether a request may become a socket, and takes the socket out of HTTP. Who speaks is
//! decided by the first frame.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
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
    let (credential, admitted) = match admit(shared, &request) {
        Ok(admitted) => admitted,
        Err(error) => {
            shared.metrics.refused.inc();
            return parlor_edge::answer(&error);
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
    let mut response = parlor_edge::answer(&Error::new(ErrorCode::BadRequest, format!("{refused}.")));
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

fn admit(shared: &Arc<Shared>, request: &Request) -> Result<(Option<Credential>, Admitted), Error> {
    let (edge, headers) = (&shared.options.edge, request.headers());
    let credential = Credential::of_upgrade(request.uri(), headers, edge).map_err(|_| {
        let words =
            "This request came from a page of another site. If it is yours, set the server's public address.";
        Error::new(ErrorCode::OriginForbidden, words)
    })?;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = peer.map(|peer| edge.client_address(peer, headers).key());
    if let Some(address) = address {
        let checked = shared.core.limiter().check(Kind::Connect, address);
        checked.map_err(|refusal| Error::from(&refusal))?;
    }
    let admitted = shared.door.admit(address).map_err(|refusal: Refusal| Error::from(&refusal))?;
    Ok((credential, admitted))
}

//! `GET /api/v1/ws`: decides whether a request may become a socket. Who speaks is decided by the first frame.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use parlor_core::limits::Kind;
use parlor_model::Refusal;
use parlor_protocol::{Error, ErrorCode};

use crate::admission::Admitted;
use crate::credential::Credential;
use crate::gateway::Shared;
use crate::session;
use crate::transport::{self, Transport};

/// Answers a request for a socket.
pub(crate) async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let (credential, admitted) = match admit(&shared, &parts.headers, &parts.extensions) {
        Ok(admitted) => admitted,
        Err(error) => {
            shared.metrics.refused.inc();
            return refuse(&error);
        }
    };
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &shared).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return refuse(&Error::new(ErrorCode::BadRequest, rejection.body_text())),
    };
    let upgrade = transport::bounded(upgrade, shared.options.max_frame_bytes);
    upgrade.on_upgrade(move |socket| async move {
        session::run(shared, Transport::new(socket), credential).await;
        drop(admitted);
    })
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

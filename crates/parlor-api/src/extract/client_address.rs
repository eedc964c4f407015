//! From which address a request comes, for rate limits.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use parlor_core::limits::Whose;

use crate::state::ApiState;

/// The address of the client.
pub(crate) struct ClientAddress(parlor_edge::ClientAddress);

impl ClientAddress {
    /// On whose account is what the client takes.
    pub(crate) fn whose(&self) -> Whose {
        Whose::at(self.key())
    }

    /// What the client is counted by.
    pub(crate) fn key(&self) -> IpAddr {
        self.0.key()
    }
}

impl FromRequestParts<ApiState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        Ok(Self(state.options.edge.client_address(peer, &parts.headers)))
    }
}

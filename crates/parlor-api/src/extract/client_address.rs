//! From which address a request comes, for rate limits.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::HeaderMap;
use http::request::Parts;
use parlor_core::limits::Whose;

use crate::options::Options;
use crate::state::ApiState;

/// The address of the client.
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// On whose account is what the client takes.
    pub(crate) fn whose(&self) -> Whose {
        Whose::at(self.0)
    }

    /// What the client is counted by. Whoever has an IPv6 address has 2⁶⁴ of them: they count as one.
    pub(crate) fn key(&self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        }
    }
}

impl FromRequestParts<ApiState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        Ok(Self(client(peer.to_canonical(), &parts.headers, &state.options)))
    }
}

/// Follows `X-Forwarded-For` from the right for as long as the one who wrote the entry is a trusted proxy. What stands
/// further left was written by whoever sent the request, and may be a lie.
fn client(peer: IpAddr, headers: &HeaderMap, options: &Options) -> IpAddr {
    let mut address = peer;
    let entries: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    for entry in entries.into_iter().rev() {
        if !options.trusts(address) {
            break;
        }
        let Ok(forwarded) = entry.trim().parse::<IpAddr>() else {
            break;
        };
        address = forwarded.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let options = Options {
            trusted_proxies: trusted.iter().map(|text| text.parse().unwrap()).collect(),
            ..Options::default()
        };
        client(peer.parse().unwrap(), &headers, &options).to_string()
    }

    #[test]
    fn strangers_are_not_believed() {
        assert_eq!(seen("203.0.113.9", &["1.2.3.4"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["1.2.3.4"], &["127.0.0.1"]), "203.0.113.9");
    }

    #[test]
    fn proxies_are_believed_for_the_entry_they_wrote() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(seen("127.0.0.1", &["6.6.6.6, 203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", &["6.6.6.6, 203.0.113.9, 10.1.1.1"], &trusted), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", &["6.6.6.6", "203.0.113.9"], &trusted), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", &["unknown"], &trusted), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &[], &trusted), "127.0.0.1");
    }

    #[test]
    fn a_network_counts_as_one_client() {
        let key = |text: &str| ClientAddress(text.parse().unwrap()).key();
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}

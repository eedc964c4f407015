//! What must be known of the server's surroundings to read a request: its public address, its proxies, its cookies' names.

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Uri};
use parlor_identity::{CookieNames, CookiePort};

use crate::client_address::{self, ClientAddress};
use crate::network::Network;
use crate::notice::Notice;
use crate::{host, origin};

/// Where a request comes from, as the browser itself sees it.
const SITE: &str = "sec-fetch-site";

/// How requests reach the server. One for all transports, so that they agree. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Edge(Arc<Surroundings>);

#[derive(Debug)]
struct Surroundings {
    public_url: String,
    cookie_port: CookiePort,
    trusted_proxies: Vec<Network>,
    unreadable_forward: Notice,
    foreign_origin: Notice,
}

impl Default for Edge {
    fn default() -> Self {
        Self::new("http://127.0.0.1:8080", CookiePort::default(), Vec::new())
    }
}

impl Edge {
    /// `public_url` is the address under which people reach the server, such as `https://chat.example.org`, without a path.
    /// Where it is `https`, cookies are sent over TLS alone and browsers are told to use nothing else. `X-Forwarded-For` is
    /// believed of `trusted_proxies`, and of nobody else.
    pub fn new(
        public_url: impl Into<String>,
        cookie_port: CookiePort,
        trusted_proxies: Vec<Network>,
    ) -> Self {
        Self(Arc::new(Surroundings {
            public_url: public_url.into(),
            cookie_port,
            trusted_proxies,
            unreadable_forward: Notice::default(),
            foreign_origin: Notice::default(),
        }))
    }

    /// True if people reach the server over TLS.
    pub fn is_secure(&self) -> bool {
        self.0.public_url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }

    /// True if a browser takes the page of this request for one that nobody on the way can have changed: over TLS, or on the
    /// machine itself. Only there it says where a request comes from, whatever stands before the server.
    pub(crate) fn is_trustworthy(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        self.is_secure()
            || headers.contains_key(SITE)
            || host::addressed(uri, headers).is_some_and(host::is_loopback)
    }

    /// What cookies are called for a request with these headers.
    pub fn cookie_names(&self, headers: &HeaderMap) -> CookieNames {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        CookieNames::new(&self.0.public_url, self.0.cookie_port, host)
    }

    /// The address that a request comes from: the peer's, or the one that trusted proxies name.
    pub fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let trusts = |address: IpAddr| self.0.trusted_proxies.iter().any(|network| network.contains(address));
        let (address, is_whole) = client_address::read(peer, headers, trusts);
        if !is_whole && self.0.unreadable_forward.is_due() {
            tracing::warn!(
                "a trusted proxy sent an X-Forwarded-For that can't be read: it wants addresses, each with or without a \
                 port; until then the proxy's own address counts for its clients"
            );
        }
        ClientAddress::new(address)
    }

    /// True if `Origin` names the server's public address, or the very host that the request was sent to. A page of another
    /// origin is told to the operator, once a minute at most: it may be theirs, under an address that the server doesn't know.
    pub fn is_own_page(&self, origin: Option<&str>, uri: &Uri, headers: &HeaderMap) -> bool {
        let is_own = origin::is_ours(origin, host::addressed(uri, headers), &self.0.public_url);
        if !is_own {
            self.tell_of_foreign(origin);
        }
        is_own
    }

    /// True if the browser itself says, in `Sec-Fetch-Site`, that a request comes from a page of the server, or from no
    /// page; `None` if it says nothing. A page of another origin is told to the operator here, too.
    pub fn is_said_to_be_own_page(&self, headers: &HeaderMap) -> Option<bool> {
        let site = headers.get(SITE)?;
        let is_own = site == "same-origin" || site == "none";
        if !is_own {
            self.tell_of_foreign(headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()));
        }
        Some(is_own)
    }

    fn tell_of_foreign(&self, origin: Option<&str>) {
        if self.0.foreign_origin.is_due() {
            tracing::warn!(
                origin = origin.unwrap_or("none"),
                public_url = self.0.public_url,
                "a request of a page of another origin was refused; if the page is yours, set server.public_url to its address"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_secure() {
        for (url, expected) in [
            ("https://chat.example.org", true),
            ("HTTPS://chat.example.org", true),
            ("http://chat.example.org", false),
            ("https", false),
            ("", false),
        ] {
            assert_eq!(Edge::new(url, CookiePort::default(), Vec::new()).is_secure(), expected, "{url}");
        }
    }
}

//! The address that people type.

use std::fmt;

use super::value::{Kind, Value};

/// A scheme, a host and maybe a port: `https://chat.example.org`. No path, no trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    /// The plain address of a server that listens there. An address that means “every network” is no address to
    /// type, so this machine's name for itself stands in for it.
    pub(crate) fn of_listener(address: std::net::SocketAddr) -> Self {
        if address.ip().is_unspecified() {
            Self(format!("http://localhost:{}", address.port()))
        } else {
            Self(format!("http://{address}"))
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Value for PublicUrl {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        "an address without a path, like https://chat.example.org".into()
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('/').to_ascii_lowercase();
        let uri: axum::http::Uri = text.parse().ok()?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let authority = uri.authority()?;
        let is_bare = uri.path() == "/" && uri.query().is_none();
        let names_host = !authority.host().is_empty() && !authority.as_str().contains('@');
        (is_web && is_bare && names_host).then_some(Self(text))
    }

    fn show(&self) -> Option<String> {
        Some(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_origin_is_taken() {
        for text in ["https://chat.example.org", "http://[::1]:8080", "HTTPS://Chat.example.org/"] {
            assert!(PublicUrl::parse(text).is_some(), "{text}");
        }
        for text in
            ["chat.example.org", "https://", "https://a/b", "https://a?b", "ftp://a", "https://me@a", ""]
        {
            assert!(PublicUrl::parse(text).is_none(), "{text}");
        }
        assert_eq!(PublicUrl::parse("HTTPS://A.example/").unwrap().to_string(), "https://a.example");
    }

    #[test]
    fn every_network_is_no_address_to_type() {
        let shown = |address: &str| PublicUrl::of_listener(address.parse().unwrap()).to_string();
        assert_eq!(shown("0.0.0.0:80"), "http://localhost:80");
        assert_eq!(shown("[::]:80"), "http://localhost:80");
        assert_eq!(shown("[::1]:80"), "http://[::1]:80");
    }
}

//! Which host a request names, and whether it names it as RFC 9112, section 3.2 wants it.

use std::net::{IpAddr, Ipv6Addr};

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Uri, Version};

/// What a request does wrong with its host, in words for its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostFault {
    Absent,
    Repeated,
    Malformed,
}

impl HostFault {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Absent => "The request names no host: a Host header is needed.",
            Self::Repeated => "The request has more than one Host header.",
            Self::Malformed => "The Host header is not a host with or without a port.",
        }
    }
}

/// Where the request was sent: what stands in its target counts more than the header.
pub(crate) fn addressed<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    uri.authority().map(Authority::as_str).or_else(|| headers.get(HOST)?.to_str().ok())
}

/// True if a host, with or without a port, is the machine itself by its name or number.
pub(crate) fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
    let number = name.trim_matches(['[', ']']).parse::<IpAddr>();
    number.is_ok_and(|address| address.is_loopback()) || name == "localhost" || name.ends_with(".localhost")
}

/// Refuses a request without a host, with several, or with one that is none: where two servers in a row read such a request
/// differently, one of them is deceived. Before HTTP/1.1 the header was not needed, and since HTTP/2 the target has it.
pub(crate) fn check(version: Version, uri: &Uri, headers: &HeaderMap) -> Result<(), HostFault> {
    let mut lines = headers.get_all(HOST).iter();
    let first = lines.next();
    if lines.next().is_some() {
        return Err(HostFault::Repeated);
    }
    match first {
        Some(value) if value.to_str().is_ok_and(is_host) => Ok(()),
        Some(_) => Err(HostFault::Malformed),
        None if version == Version::HTTP_11 => Err(HostFault::Absent),
        None if version >= Version::HTTP_2 && uri.authority().is_none() => Err(HostFault::Absent),
        None => Ok(()),
    }
}

/// True for a host with or without a port. An empty host is none (RFC 9110, section 4.2.1).
fn is_host(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else {
        return false;
    };
    let host = authority.host();
    let Some(port) = text.strip_prefix(host) else {
        // Somebody stands before it: `user@host`.
        return false;
    };
    let port_fits = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.is_empty() || port.parse::<u16>().is_ok());
    let literal = host.strip_prefix('[').map(|rest| rest.strip_suffix(']').unwrap_or(rest));
    let host_fits = literal.map_or(!host.is_empty(), |literal| literal.parse::<Ipv6Addr>().is_ok());
    port_fits && host_fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn checked(version: Version, target: &str, hosts: &[&'static [u8]]) -> Result<(), HostFault> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_bytes(host).unwrap());
        }
        check(version, &target.parse().unwrap(), &headers)
    }

    #[test]
    fn the_machine_itself_is_known() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "chat.localhost",
            "localhost.",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8080",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "192.168.1.5:8080",
            "chat.example.org",
            "localhost.example.org",
            "notlocalhost",
            "[2001:db8::1]",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn one_host_is_wanted() {
        for host in [
            "chat.example.org",
            "chat.example.org:8443",
            "chat.example.org:",
            "localhost",
            "127.0.0.1:8080",
            "[::1]",
            "[2001:db8::1]:8080",
            "xn--mnchen-3ya.example",
            "my_host",
            "a.b.c.",
        ] {
            assert_eq!(checked(Version::HTTP_11, "/", &[host.as_bytes()]), Ok(()), "{host}");
        }
        assert_eq!(checked(Version::HTTP_11, "/", &[]), Err(HostFault::Absent));
        assert_eq!(checked(Version::HTTP_11, "http://a.example/", &[]), Err(HostFault::Absent));
        assert_eq!(checked(Version::HTTP_11, "/", &[b"a.example", b"a.example"]), Err(HostFault::Repeated));
        assert_eq!(checked(Version::HTTP_11, "/", &[b"a.example", b""]), Err(HostFault::Repeated));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in [
            "",
            ":80",
            "a b",
            "a.example, b.example",
            "user@a.example",
            "http://a.example",
            "a.example/path",
            "a.example?x",
            "a.example:port",
            "a.example:99999",
            "a.example:80:80",
            "[::1",
            "[nonsense]",
            "[::1]x",
        ] {
            let faulty = checked(Version::HTTP_11, "/", &[host.as_bytes()]);
            assert_eq!(faulty, Err(HostFault::Malformed), "{host:?}");
        }
        assert_eq!(checked(Version::HTTP_11, "/", &[b"\xff"]), Err(HostFault::Malformed));
    }

    #[test]
    fn older_and_newer_versions_have_their_own_way() {
        assert_eq!(checked(Version::HTTP_10, "/", &[]), Ok(()));
        assert_eq!(checked(Version::HTTP_10, "/", &[b"a", b"b"]), Err(HostFault::Repeated));
        assert_eq!(checked(Version::HTTP_2, "https://a.example/", &[]), Ok(()));
        assert_eq!(checked(Version::HTTP_2, "/", &[]), Err(HostFault::Absent));
    }

    #[test]
    fn the_target_counts_more_than_the_header() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("header.example"));
        let (absolute, origin) = ("http://target.example/x".parse().unwrap(), "/x".parse().unwrap());
        assert_eq!(addressed(&absolute, &headers), Some("target.example"));
        assert_eq!(addressed(&origin, &headers), Some("header.example"));
    }
}

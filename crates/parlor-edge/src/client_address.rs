//! The address that limits count by: the one reading of `X-Forwarded-For`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;

/// The address of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// An IPv4 address that is written as IPv6 counts as what it is.
    pub(crate) fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// What the client is counted by. Whoever has an IPv6 address has 2⁶⁴ of them: they count as one.
    pub fn key(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        }
    }
}

/// Follows `X-Forwarded-For` from the right for as long as the one who wrote the entry is a trusted proxy. What stands
/// further left was written by whoever sent the request, and may be a lie. Also tells whether every entry that counted could
/// be read: after one that could not, the address of the proxy that wrote it counts.
pub(crate) fn read(peer: IpAddr, headers: &HeaderMap, trusts: impl Fn(IpAddr) -> bool) -> (IpAddr, bool) {
    let mut address = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().collect::<Vec<_>>();
    for line in lines.into_iter().rev() {
        for entry in line.as_bytes().rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            if !trusts(address) {
                return (address, true);
            }
            // An empty element of a list means nothing (RFC 9110, section 5.6.1).
            if entry.is_empty() {
                continue;
            }
            let Some(forwarded) = std::str::from_utf8(entry).ok().and_then(parse) else {
                return (address, false);
            };
            address = forwarded.to_canonical();
        }
    }
    (address, true)
}

/// An address as proxies write it: `203.0.113.1`, `203.0.113.1:5100`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5100`,
/// each also in quotation marks, or with a zone behind it.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.strip_prefix('"').and_then(|entry| entry.strip_suffix('"')).unwrap_or(entry);
    if let Some((address, port)) = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let has_port = port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
        return (port.is_empty() || has_port).then(|| parse_v6(address)).flatten();
    }
    let plain = entry.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    plain.or_else(|| parse_v6(entry))
}

fn parse_v6(text: &str) -> Option<IpAddr> {
    let address = text.split_once('%').map_or(text, |(address, _zone)| address);
    address.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let trusted: Vec<crate::Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let (address, is_whole) = read(peer.parse().unwrap(), &headers, |address| {
            trusted.iter().any(|network| network.contains(address))
        });
        (address.to_string(), is_whole)
    }

    fn through_proxy(forwarded: &[&str]) -> (String, bool) {
        seen("127.0.0.1", forwarded, &["127.0.0.1", "10.0.0.0/8", "fd00::/8"])
    }

    #[test]
    fn strangers_are_not_believed() {
        for trusted in [&[][..], &["127.0.0.1"]] {
            assert_eq!(seen("203.0.113.9", &["1.2.3.4"], trusted), ("203.0.113.9".into(), true));
            assert_eq!(seen("203.0.113.9", &["rubbish"], trusted), ("203.0.113.9".into(), true));
        }
    }

    #[test]
    fn proxies_are_believed_for_the_entry_they_wrote() {
        for lines in [
            &["6.6.6.6, 203.0.113.9"][..],
            &["6.6.6.6, 203.0.113.9, 10.1.1.1"],
            &["6.6.6.6", "203.0.113.9"],
            &["6.6.6.6", "203.0.113.9, 10.1.1.1", "10.1.1.2"],
            &["rubbish, 203.0.113.9"],
            &["\u{e9}\u{f1}, 203.0.113.9"],
            &["203.0.113.9,, ,"],
            &["203.0.113.9,fd00::1"],
        ] {
            assert_eq!(through_proxy(lines), ("203.0.113.9".into(), true), "{lines:?}");
        }
        assert_eq!(through_proxy(&[]), ("127.0.0.1".into(), true));
    }

    #[test]
    fn every_way_to_write_an_address_is_read() {
        for (entry, expected) in [
            ("203.0.113.1", "203.0.113.1"),
            ("203.0.113.1:5100", "203.0.113.1"),
            (" \t203.0.113.1:5100 ", "203.0.113.1"),
            ("\"203.0.113.1:5100\"", "203.0.113.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:5100", "2001:db8::1"),
            ("\"[2001:db8::1]:5100\"", "2001:db8::1"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
            ("[fe80::1%eth0]:5100", "fe80::1"),
            ("fe80::1%25eth0", "fe80::1"),
            ("::ffff:203.0.113.1", "203.0.113.1"),
            ("[::ffff:203.0.113.1]:5100", "203.0.113.1"),
        ] {
            assert_eq!(through_proxy(&[entry]), (expected.into(), true), "{entry}");
        }
    }

    #[test]
    fn what_cannot_be_read_leaves_the_one_who_wrote_it() {
        for entry in [
            "unknown",
            "_hidden",
            "203.0.113.1:",
            "203.0.113.1:99999",
            "203.0.113.256",
            "203.0.113",
            "[2001:db8::1",
            "[2001:db8::1]5100",
            "[2001:db8::1]:",
            "2001:db8::1::2",
            "for=203.0.113.1",
            "\"",
            "203.0.113.1 5100",
            "é",
        ] {
            assert_eq!(through_proxy(&[entry]), ("127.0.0.1".into(), false), "{entry}");
            let behind = format!("{entry}, 10.1.1.1");
            assert_eq!(through_proxy(&[&behind]), ("10.1.1.1".into(), false), "{entry}");
        }
    }

    #[test]
    fn a_network_counts_as_one_client() {
        let key = |text: &str| ClientAddress::new(text.parse().unwrap()).key();
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}

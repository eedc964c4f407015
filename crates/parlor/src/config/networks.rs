//! Ranges of network addresses, as a list in one text.

use std::net::IpAddr;

use parlor_edge::Network;

use super::value::{Kind, Value};

/// Some ranges, separated by commas. The text is kept to show it as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Networks {
    written: String,
    ranges: Vec<Network>,
}

impl Networks {
    /// This machine itself.
    pub(crate) fn loopback() -> Self {
        Self::parse("127.0.0.0/8, ::1").unwrap_or(Self { written: String::new(), ranges: Vec::new() })
    }

    /// True if an address lies in one of them.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(address))
    }

    /// The ranges.
    pub(crate) fn ranges(&self) -> &[Network] {
        &self.ranges
    }
}

impl Value for Networks {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        "addresses or ranges of them, separated by commas, like \"127.0.0.1, 10.0.0.0/8\"; or \"none\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        let ranges = match text.trim() {
            "none" => Vec::new(),
            list => list.split(',').map(|range| range.trim().parse().ok()).collect::<Option<_>>()?,
        };
        Some(Self { written: text.trim().to_owned(), ranges })
    }

    fn show(&self) -> Option<String> {
        Some(self.written.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        assert_eq!(Networks::parse("10.0.0.0/8, ::1").unwrap().ranges().len(), 2);
        assert_eq!(Networks::parse("none").unwrap().ranges().len(), 0);
        let loopback = Networks::loopback();
        assert!(
            ["127.0.0.1", "127.1.2.3", "::1"]
                .iter()
                .all(|address| loopback.contain(address.parse().unwrap()))
        );
        assert!(["10.0.0.1", "::2"].iter().all(|address| !loopback.contain(address.parse().unwrap())));
        for text in ["", "10.0.0.0/8,", "10.0.0.0/8 ::1", "proxy.example.org"] {
            assert_eq!(Networks::parse(text), None, "{text:?}");
        }
    }
}

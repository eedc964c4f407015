//! Which compression is agreed upon (RFC 7692, section 7.1). Neither side keeps a context from one message to the next,
//! so that a connection costs no memory for it, and one compressed message serves everyone.

use http::header::SEC_WEBSOCKET_EXTENSIONS;
use http::{HeaderMap, HeaderValue};

use super::tokens::{list, split};
use crate::codec::deflate::WindowBits;

/// The extension's name.
const NAME: &str = "permessage-deflate";

/// What was agreed upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreement {
    /// How far back the server's messages may refer.
    pub(super) window: WindowBits,
    /// Whether the client asked for that, so that it must be told.
    asked: bool,
}

/// The parameters of an offer that were seen.
#[derive(Default)]
struct Seen {
    server_no_context: bool,
    client_no_context: bool,
    server_window: Option<WindowBits>,
    client_window: bool,
}

/// Takes the first offer that can be met; `None` if there is none.
pub(super) fn agree(headers: &HeaderMap) -> Option<Agreement> {
    list(headers, &SEC_WEBSOCKET_EXTENSIONS).find_map(judge)
}

impl Agreement {
    /// What the answer says. A server may ask a client not to keep its context even if the client did not offer that.
    /// Nothing is said about the client's window: whatever it is, it can be inflated.
    pub(super) fn header(self) -> HeaderValue {
        let base = format!("{NAME}; server_no_context_takeover; client_no_context_takeover");
        let text =
            if self.asked { format!("{base}; server_max_window_bits={}", self.window.bits()) } else { base };
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(NAME))
    }
}

/// Judges one offer. One with a parameter that is unknown, repeated or of no valid value must be declined, and one with
/// a window of 256 bytes cannot be met.
fn judge(offer: &str) -> Option<Agreement> {
    let mut parts = split(offer, ';');
    if parts.next() != Some(NAME) {
        return None;
    }
    let mut seen = Seen::default();
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(unquoted(value.trim_start()))),
            None => (part, None),
        };
        let is_new = match (name, value) {
            ("server_no_context_takeover", None) => !std::mem::replace(&mut seen.server_no_context, true),
            ("client_no_context_takeover", None) => !std::mem::replace(&mut seen.client_no_context, true),
            ("server_max_window_bits", Some(value)) => {
                seen.server_window.replace(WindowBits::new(window_bits(value)?)?).is_none()
            }
            ("client_max_window_bits", value) => {
                value.is_none_or(|value| window_bits(value).is_some())
                    && !std::mem::replace(&mut seen.client_window, true)
            }
            _ => false,
        };
        if !is_new {
            return None;
        }
    }
    Some(Agreement {
        window: seen.server_window.unwrap_or(WindowBits::LARGEST),
        asked: seen.server_window.is_some(),
    })
}

/// A number from 8 to 15 without leading zeros.
fn window_bits(value: &str) -> Option<u8> {
    (8..=15).find(|bits: &u8| value == bits.to_string())
}

/// A value may be a token, or the same token in quotes.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(offers: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for offer in offers {
            headers.append(SEC_WEBSOCKET_EXTENSIONS, HeaderValue::from_static(offer));
        }
        agree(&headers).map(|agreement| agreement.header().to_str().unwrap().to_owned())
    }

    const BASE: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    #[test]
    fn what_can_be_met_is_agreed_upon() {
        for offer in [
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate;client_max_window_bits=8",
            "permessage-deflate; server_no_context_takeover ; client_no_context_takeover",
            "x-webkit-deflate-frame, permessage-deflate",
            "permessage-deflate; unknown, permessage-deflate",
            "other; a=\"1, permessage-deflate; unknown\", permessage-deflate",
        ] {
            assert_eq!(answer(&[offer]).as_deref(), Some(BASE), "{offer}");
        }
        let window = format!("{BASE}; server_max_window_bits=10");
        assert_eq!(answer(&["permessage-deflate; server_max_window_bits=10"]), Some(window.clone()));
        assert_eq!(answer(&["permessage-deflate; server_max_window_bits = \"10\""]), Some(window.clone()));
        let lines =
            ["permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=10"];
        assert_eq!(answer(&lines), Some(window), "the second can be met");
    }

    #[test]
    fn what_cannot_be_met_is_declined() {
        for offer in [
            "",
            "permessage-deflat",
            "permessage-bzip2",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=8",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=09",
            "permessage-deflate; server_max_window_bits=+9",
            "permessage-deflate; client_max_window_bits=7",
            "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
            "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
            "permessage-deflate; unknown",
            "permessage-deflate; ",
        ] {
            assert_eq!(answer(&[offer]), None, "{offer}");
        }
    }
}

//! The request that opens a WebSocket, and the answer to it (RFC 6455, section 4.2; RFC 7692, section 5.1).
//!
//! It judges headers that were read elsewhere. Who may connect, and from which pages, is not its business.

mod extensions;
mod tokens;

use data_encoding::BASE64;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use sha1::{Digest, Sha1};

use super::deflate::WindowBits;

/// What the accepting hash is made with besides the client's key (RFC 6455, section 1.3).
const SALT: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What the server can do.
#[derive(Debug, Clone, Copy)]
pub struct Abilities {
    /// The subprotocols it speaks. Of those, the client's first choice is taken; none, if it names none of them.
    pub subprotocols: &'static [&'static str],
    /// Whether messages may be compressed.
    pub deflate: bool,
}

/// A request that may become a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The headers of the answer, whose status is 101.
    pub headers: HeaderMap,
    /// The subprotocol, one of the server's.
    pub subprotocol: Option<&'static str>,
    /// If both sides may compress messages: how far back the server's may refer. The client's are inflated whatever
    /// their window.
    pub deflate: Option<WindowBits>,
}

/// Why a request cannot become a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not a GET request.
    #[error("a WebSocket is opened by a GET request")]
    Method,
    /// It is not HTTP/1.1.
    #[error("a WebSocket is opened over HTTP/1.1")]
    HttpVersion,
    /// It does not ask for a WebSocket.
    #[error("this address is for WebSockets: `Connection: upgrade` and `Upgrade: websocket` are missing")]
    NoUpgrade,
    /// It asks for another version of the protocol than 13.
    #[error("only version 13 of the WebSocket protocol is spoken here")]
    Version,
    /// The key is missing, there twice, or not 16 bytes in base64.
    #[error("`Sec-WebSocket-Key` must be 16 bytes in base64")]
    Key,
}

impl Refused {
    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::HttpVersion | Self::Key => StatusCode::BAD_REQUEST,
            Self::NoUpgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
        }
    }

    /// A header that belongs to the answer: what the client should do instead.
    pub fn header(self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Method => Some((http::header::ALLOW, HeaderValue::from_static("GET"))),
            Self::NoUpgrade => Some((UPGRADE, HeaderValue::from_static("websocket"))),
            Self::Version => Some((SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))),
            Self::HttpVersion | Self::Key => None,
        }
    }
}

/// Judges a request and says what to answer.
///
/// # Errors
/// If it may not become a WebSocket.
pub fn accept(
    method: &Method,
    version: Version,
    headers: &HeaderMap,
    abilities: Abilities,
) -> Result<Accepted, Refused> {
    if method != Method::GET {
        return Err(Refused::Method);
    }
    if version != Version::HTTP_11 {
        return Err(Refused::HttpVersion);
    }
    if !tokens::names(headers, &CONNECTION, "upgrade") || !tokens::names(headers, &UPGRADE, "websocket") {
        return Err(Refused::NoUpgrade);
    }
    if single(headers, &SEC_WEBSOCKET_VERSION).is_none_or(|version| version.as_bytes() != b"13") {
        return Err(Refused::Version);
    }
    let key = single(headers, &SEC_WEBSOCKET_KEY).filter(|key| is_key(key.as_bytes())).ok_or(Refused::Key)?;

    let mut answer = HeaderMap::with_capacity(5);
    answer.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    answer.insert(UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(SEC_WEBSOCKET_ACCEPT, accepting_hash(key.as_bytes()));
    let subprotocol = choose(headers, abilities.subprotocols);
    if let Some(subprotocol) = subprotocol {
        answer.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
    }
    let agreement = abilities.deflate.then(|| extensions::agree(headers)).flatten();
    if let Some(agreement) = agreement {
        answer.insert(SEC_WEBSOCKET_EXTENSIONS, agreement.header());
    }
    Ok(Accepted { headers: answer, subprotocol, deflate: agreement.map(|agreement| agreement.window) })
}

/// The value of a header that may be there once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn is_key(key: &[u8]) -> bool {
    let mut decoded = [0; 18];
    key.len() == 24 && BASE64.decode_mut(key, &mut decoded) == Ok(16)
}

/// Shows that the answer is to this very request, and from somebody who knows what a WebSocket is.
fn accepting_hash(key: &[u8]) -> HeaderValue {
    let hash = Sha1::new().chain_update(key).chain_update(SALT).finalize();
    // Base64 is always fit for a header.
    HeaderValue::from_str(&BASE64.encode(&hash)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The first of the client's subprotocols that we speak.
fn choose(headers: &HeaderMap, spoken: &[&'static str]) -> Option<&'static str> {
    let mut offered = tokens::list(headers, &SEC_WEBSOCKET_PROTOCOL);
    offered.find_map(|offer| spoken.iter().copied().find(|spoken| *spoken == offer))
}

#[cfg(test)]
mod tests;

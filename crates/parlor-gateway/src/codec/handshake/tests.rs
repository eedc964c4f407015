//! Requests as clients send them, and as they should not.

use super::*;

const ABILITIES: Abilities = Abilities { subprotocols: &["chat.v2", "chat.v1"], deflate: true };

/// The request of RFC 6455, section 1.3, with other headers replaced or added.
fn request(changes: &[(HeaderName, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(SEC_WEBSOCKET_KEY, HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ=="));
    for (name, value) in changes {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    headers
}

fn judged(headers: &HeaderMap) -> Result<Accepted, Refused> {
    accept(&Method::GET, Version::HTTP_11, headers, ABILITIES)
}

#[test]
fn the_example_of_the_standard() {
    let accepted = judged(&request(&[])).unwrap();
    assert_eq!(accepted.headers[SEC_WEBSOCKET_ACCEPT], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(accepted.headers[CONNECTION], "upgrade");
    assert_eq!(accepted.headers[UPGRADE], "websocket");
    assert_eq!((accepted.headers.len(), accepted.subprotocol, accepted.deflate), (3, None, None));
}

#[test]
fn what_is_missing_is_named() {
    for (changes, refused) in [
        ([(CONNECTION, "keep-alive")], Refused::NoUpgrade),
        ([(UPGRADE, "h2c")], Refused::NoUpgrade),
        ([(SEC_WEBSOCKET_VERSION, "8")], Refused::Version),
        ([(SEC_WEBSOCKET_VERSION, "13, 8")], Refused::Version),
        ([(SEC_WEBSOCKET_KEY, "")], Refused::Key),
        ([(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ")], Refused::Key),
        ([(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=!")], Refused::Key),
        ([(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZSEh")], Refused::Key),
        ([(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZR==")], Refused::Key),
    ] {
        assert_eq!(judged(&request(&changes)), Err(refused), "{changes:?}");
    }
    for name in [CONNECTION, UPGRADE, SEC_WEBSOCKET_VERSION, SEC_WEBSOCKET_KEY] {
        let mut headers = request(&[]);
        headers.remove(&name);
        assert!(judged(&headers).is_err(), "{name} is missing");
    }
    let mut twice = request(&[]);
    twice.append(SEC_WEBSOCKET_KEY, HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ=="));
    assert_eq!(judged(&twice), Err(Refused::Key));
    let headers = request(&[]);
    assert_eq!(accept(&Method::POST, Version::HTTP_11, &headers, ABILITIES), Err(Refused::Method));
    assert_eq!(accept(&Method::GET, Version::HTTP_10, &headers, ABILITIES), Err(Refused::HttpVersion));
    assert_eq!(accept(&Method::GET, Version::HTTP_2, &headers, ABILITIES), Err(Refused::HttpVersion));
}

#[test]
fn a_refusal_says_what_to_do_instead() {
    assert_eq!(Refused::Version.status(), 426);
    assert_eq!(Refused::Version.header().unwrap().1, "13");
    assert_eq!(Refused::NoUpgrade.header().unwrap().1, "websocket");
    assert_eq!(
        (Refused::Method.status().as_u16(), Refused::Method.header().unwrap().1),
        (405, "GET".parse().unwrap())
    );
    assert_eq!((Refused::Key.status().as_u16(), Refused::Key.header()), (400, None));
}

#[test]
fn headers_are_lists_in_any_case() {
    let browser = [(CONNECTION, "keep-alive, UPGRADE"), (UPGRADE, "WebSocket")];
    assert!(judged(&request(&browser)).is_ok());
}

#[test]
fn the_clients_first_choice_is_taken() {
    for (offer, taken) in [
        ("chat.v1, chat.v2", Some("chat.v1")),
        ("other,chat.v2", Some("chat.v2")),
        ("CHAT.V1", None),
        ("", None),
    ] {
        let accepted = judged(&request(&[(SEC_WEBSOCKET_PROTOCOL, offer)])).unwrap();
        assert_eq!(accepted.subprotocol, taken, "{offer}");
        let told = accepted.headers.get(SEC_WEBSOCKET_PROTOCOL).map(|value| value.to_str().unwrap());
        assert_eq!(told, taken, "what is answered is what was taken");
    }
}

#[test]
fn compression_is_agreed_upon_only_if_it_is_on() {
    let headers = request(&[(SEC_WEBSOCKET_EXTENSIONS, "permessage-deflate; server_max_window_bits=12")]);
    let accepted = judged(&headers).unwrap();
    assert_eq!(accepted.deflate, WindowBits::new(12));
    assert!(accepted.headers.contains_key(SEC_WEBSOCKET_EXTENSIONS));
    let off = Abilities { deflate: false, ..ABILITIES };
    let accepted = accept(&Method::GET, Version::HTTP_11, &headers, off).unwrap();
    assert_eq!(accepted.deflate, None);
    assert!(!accepted.headers.contains_key(SEC_WEBSOCKET_EXTENSIONS));
}

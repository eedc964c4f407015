//! What must hold of the decoders of commands for any bytes whatever: for the tests here and for the fuzz target
//! `commands`, which compiles this file too. It panics where a property is broken.

use std::fmt::Debug;

use parlor_protocol::commands::{MessageDelete, MessageEdit, MessageSend, RoomOpen, RoomTarget};
use parlor_protocol::{ClientFrame, Hello, binary};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Checks one input, as a binary frame and, if it is UTF-8, as a text frame.
pub(crate) fn check(input: &[u8]) {
    if let Ok(value) = binary::decode(input) {
        comes_back(&value);
        understand(&value.to_string());
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    understand(text);
    // A number that is too large for `f64` is only found out when its value is asked for.
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        comes_back(&value);
        means_the_same(text, &value);
    }
}

/// Encoded and decoded, a value is the same, to the sign of a zero.
fn comes_back(value: &Value) {
    let encoded = binary::encode(value).unwrap_or_else(|error| panic!("{value} has no encoding: {error}"));
    let decoded = binary::decode(&encoded).unwrap_or_else(|error| panic!("{value} is not decoded: {error}"));
    assert_eq!(decoded.to_string(), value.to_string());
}

/// A frame that is understood as JSON is understood just so when it comes in the binary encoding.
fn means_the_same(text: &str, value: &Value) {
    let Ok(frame) = serde_json::from_str::<ClientFrame<'_>>(text) else { return };
    let again = value.to_string();
    let other = serde_json::from_str::<ClientFrame<'_>>(&again)
        .unwrap_or_else(|error| panic!("{again} is no frame, though {text} is: {error}"));
    assert_eq!((frame.kind, frame.reference), (other.kind, other.reference));
    assert_eq!(frame.data.is_some(), other.data.is_some());
}

/// Reads a frame as the server does, and its data as that of every command.
fn understand(text: &str) {
    let Ok(frame) = serde_json::from_str::<ClientFrame<'_>>(text) else { return };
    let data = frame.data.map_or("{}", |data| data.get());
    is_stable::<Hello>(data);
    is_stable::<MessageSend>(data);
    is_stable::<MessageEdit>(data);
    is_stable::<MessageDelete>(data);
    is_stable::<RoomTarget>(data);
    is_stable::<RoomOpen>(data);
}

/// What was understood can be said again, and is then understood in the same way.
fn is_stable<T: DeserializeOwned + Serialize + PartialEq + Debug>(data: &str) {
    let Ok(understood) = serde_json::from_str::<T>(data) else { return };
    let again = serde_json::to_string(&understood).unwrap_or_else(|error| panic!("{understood:?}: {error}"));
    let twice = serde_json::from_str::<T>(&again).unwrap_or_else(|error| panic!("{again}: {error}"));
    assert_eq!(understood, twice);
}

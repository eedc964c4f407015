//! Frames, as text or binary: commands are written here, and what the server says is read.

use parlor_protocol::{ServerFrame, binary};
use serde::{Deserialize, Serialize};
use tokio_tungstenite::tungstenite::Message;

use super::Encoding;
use crate::{Error, Result};

/// The types of frame that this version understands; what is not among them is passed over.
const KNOWN: [&str; 17] = [
    "ready",
    "ok",
    "error",
    "message.created",
    "message.edited",
    "message.deleted",
    "member.joined",
    "member.left",
    "member.updated",
    "room.updated",
    "room.changes",
    "room.reset",
    "room.joined",
    "room.left",
    "room.read",
    "presence.changed",
    "heads.changed",
];

/// Writes a command.
pub(super) fn command(
    encoding: Encoding,
    kind: &str,
    reference: u64,
    data: &impl Serialize,
) -> Result<Message> {
    #[derive(Serialize)]
    struct Command<'a, T> {
        #[serde(rename = "type")]
        kind: &'a str,
        #[serde(rename = "ref")]
        reference: u64,
        data: &'a T,
    }
    let command = Command { kind, reference, data };
    match encoding {
        Encoding::Json => serde_json::to_string(&command)
            .map(Message::text)
            .map_err(|error| Error::malformed("command", &error)),
        Encoding::MessagePack => {
            binary::encode(&command).map(Message::binary).map_err(|error| Error::malformed("command", &error))
        }
    }
}

/// Reads a message of a connection; `None` if it holds no frame, or one of a type that this version does not know.
pub(super) fn parse(message: &Message) -> Result<Option<ServerFrame>> {
    match message {
        Message::Text(text) => parse_text(text),
        Message::Binary(bytes) => parse_binary(bytes),
        _ => Ok(None),
    }
}

fn parse_text(text: &str) -> Result<Option<ServerFrame>> {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: std::borrow::Cow<'a, str>,
    }
    serde_json::from_str(text).map(Some).or_else(|error| {
        let kind = serde_json::from_str::<Kind<'_>>(text);
        pass_over(kind.as_ref().map(|one| one.kind.as_ref()).ok(), &error)
    })
}

fn parse_binary(bytes: &[u8]) -> Result<Option<ServerFrame>> {
    let frame = binary::decode(bytes).map_err(|error| Error::malformed("frame", &error))?;
    ServerFrame::deserialize(&frame)
        .map(Some)
        .or_else(|error| pass_over(frame.get("type").and_then(serde_json::Value::as_str), &error))
}

/// A frame was not understood: that is an error, unless its type is one that this version does not know.
fn pass_over(kind: Option<&str>, error: &serde_json::Error) -> Result<Option<ServerFrame>> {
    match kind {
        Some(kind) if !KNOWN.contains(&kind) => {
            tracing::debug!(%kind, "a frame of an unknown type was passed over");
            Ok(None)
        }
        _ => Err(Error::malformed("frame", error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What both encodings say of a frame that JSON writes.
    fn parse_both(text: &str) -> Result<Option<ServerFrame>> {
        let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let from_text = parse(&Message::text(text));
        let from_bytes = parse(&Message::binary(binary::encode(&value).unwrap()));
        assert_eq!(from_text.is_err(), from_bytes.is_err(), "{text}");
        assert_eq!(from_text.as_ref().ok(), from_bytes.as_ref().ok(), "{text}");
        from_text
    }

    #[test]
    fn a_command_has_the_shape_of_the_contract() {
        let data = serde_json::json!({"room": "rm_1"});
        let expected = r#"{"type":"room.join","ref":7,"data":{"room":"rm_1"}}"#;
        assert_eq!(command(Encoding::Json, "room.join", 7, &data).unwrap(), Message::text(expected));
        let Message::Binary(bytes) = command(Encoding::MessagePack, "room.join", 7, &data).unwrap() else {
            panic!("the frame is not binary");
        };
        assert_eq!(
            binary::decode(&bytes).unwrap(),
            serde_json::from_str::<serde_json::Value>(expected).unwrap()
        );
    }

    #[test]
    fn unknown_types_pass_and_broken_frames_do_not() {
        assert_eq!(parse_both(r#"{"type":"typing.started","room":"rm_1"}"#).unwrap(), None);
        assert!(parse_both(r#"{"type":"ok","ref":2,"data":{}}"#).unwrap().is_some());
        for broken in [r#"{"type":"message.created","room":"rm_1"}"#, "{}", "[]", "hello"] {
            assert!(matches!(parse_both(broken), Err(Error::Malformed { .. })), "{broken}");
        }
        for bytes in [&[][..], &[0xc1], &[0x81]] {
            let broken = parse(&Message::binary(bytes.to_vec()));
            assert!(matches!(broken, Err(Error::Malformed { .. })), "{bytes:?}");
        }
    }

    #[test]
    fn the_list_of_known_types_is_the_protocols() {
        let words = serde_json::from_str::<ServerFrame>(r#"{"type":"?"}"#).unwrap_err().to_string();
        let expected: Vec<&str> = words.split('`').skip(3).step_by(2).collect();
        assert_eq!(expected, KNOWN, "{words}");
    }
}

//! Frames as text: commands are written here, and what the server says is read.

use parlor_protocol::ServerFrame;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The types of frame that this version understands; what is not among them is passed over.
const KNOWN: [&str; 16] = [
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
    "presence.changed",
    "heads.changed",
];

/// Writes a command.
pub(super) fn command(kind: &str, reference: u64, data: &impl Serialize) -> Result<String> {
    #[derive(Serialize)]
    struct Command<'a, T> {
        #[serde(rename = "type")]
        kind: &'a str,
        #[serde(rename = "ref")]
        reference: u64,
        data: &'a T,
    }
    let command = Command { kind, reference, data };
    serde_json::to_string(&command).map_err(|error| Error::malformed("command", &error))
}

/// Reads a frame; `None` if it is of a type that this version does not know.
pub(super) fn parse(text: &str) -> Result<Option<ServerFrame>> {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: std::borrow::Cow<'a, str>,
    }
    match serde_json::from_str(text) {
        Ok(frame) => Ok(Some(frame)),
        Err(error) => match serde_json::from_str::<Kind<'_>>(text) {
            Ok(Kind { kind }) if !KNOWN.contains(&kind.as_ref()) => {
                tracing::debug!(%kind, "a frame of an unknown type was passed over");
                Ok(None)
            }
            _ => Err(Error::malformed("frame", &error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_the_shape_of_the_contract() {
        let data = serde_json::json!({"room": "rm_1"});
        assert_eq!(
            command("room.join", 7, &data).unwrap(),
            r#"{"type":"room.join","ref":7,"data":{"room":"rm_1"}}"#
        );
    }

    #[test]
    fn unknown_types_pass_and_broken_frames_do_not() {
        assert_eq!(parse(r#"{"type":"typing.started","room":"rm_1"}"#).unwrap(), None);
        assert!(parse(r#"{"type":"ok","ref":2,"data":{}}"#).unwrap().is_some());
        for broken in [r#"{"type":"message.created","room":"rm_1"}"#, "{}", "[]", "hello"] {
            assert!(matches!(parse(broken), Err(Error::Malformed { .. })), "{broken}");
        }
    }

    #[test]
    fn the_list_of_known_types_is_the_protocols() {
        let words = serde_json::from_str::<ServerFrame>(r#"{"type":"?"}"#).unwrap_err().to_string();
        let expected: Vec<&str> = words.split('`').skip(3).step_by(2).collect();
        assert_eq!(expected, KNOWN, "{words}");
    }
}

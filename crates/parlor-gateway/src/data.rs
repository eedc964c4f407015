//! Reads what clients send: a frame's envelope, a command's data, the ids in it. What is wrong is said in words.

use std::borrow::Cow;
use std::str::FromStr;

use parlor_protocol::{
    ClientFrame, Error, ErrorCode, ErrorDetails, UNPAIRED_SURROGATE, binary, is_unpaired_surrogate,
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// A frame that is not understood, with its `ref` where that could be read.
#[derive(Debug)]
pub(crate) struct Misread {
    /// The client's number for the frame.
    pub(crate) reference: Option<u64>,
    /// What is wrong.
    pub(crate) error: Error,
}

/// A command's data, not yet understood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Data<'a>(Option<&'a RawValue>);

/// What a text frame says, if it is not too long.
pub(crate) fn of_text(text: &str, limit: usize) -> Result<Cow<'_, str>, Box<Misread>> {
    if text.len() > limit {
        return Err(Box::new(Misread::new(reference(text), Error::too_large(limit))));
    }
    Ok(Cow::Borrowed(text))
}

/// What a binary frame says, as JSON, if it is not too long.
pub(crate) fn of_binary(bytes: &[u8], limit: usize) -> Result<Cow<'_, str>, Box<Misread>> {
    let text = match binary::decode(bytes) {
        Ok(value) => value.to_string(),
        Err(error) => {
            let words = format!("The frame is not in the compact form: {error}.");
            return Err(Box::new(Misread::new(None, Error::new(ErrorCode::BadRequest, words))));
        }
    };
    if bytes.len() > limit {
        return Err(Box::new(Misread::new(reference(&text), Error::too_large(limit))));
    }
    Ok(Cow::Owned(text))
}

/// Reads a frame's envelope.
pub(crate) fn frame(text: &str) -> Result<(ClientFrame<'_>, Data<'_>), Box<Misread>> {
    if !is_object(text) {
        let words = "A frame is one JSON object: {\"type\": …, \"ref\": …, \"data\": …}.";
        return Err(Box::new(Misread::new(None, Error::new(ErrorCode::BadRequest, words))));
    }
    match serde_json::from_str::<ClientFrame<'_>>(text) {
        Ok(frame) => {
            let data = Data(frame.data);
            Ok((frame, data))
        }
        Err(error) => Err(Box::new(Misread::new(reference(text), malformed("The frame", &error)))),
    }
}

/// The `ref` of a frame of which nothing else may be right.
pub(crate) fn reference(text: &str) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Reference {
        #[serde(rename = "ref")]
        reference: Option<u64>,
    }
    serde_json::from_str::<Reference>(text).ok()?.reference
}

/// Reads an id; `field` is where it stands.
pub(crate) fn id<T: FromStr>(field: &'static str, text: &str) -> Result<T, Error>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| {
        let words = format!("The field “{field}” is not valid: {error}.");
        Error::new(ErrorCode::InvalidField, words).with(ErrorDetails::of_field(field))
    })
}

impl Data<'_> {
    /// Reads the data as what the command takes.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Error> {
        let text = self.0.map_or("{}", RawValue::get);
        // serde would take a list for an object, by the order of the fields. Nothing here is meant to be sent like that.
        if !is_object(text) {
            return Err(Error::new(ErrorCode::BadRequest, "“data” must be an object."));
        }
        serde_json::from_str(text).map_err(|error| malformed("“data”", &error))
    }
}

impl Misread {
    /// A frame of which only its `ref` may be known.
    pub(crate) fn new(reference: Option<u64>, error: Error) -> Self {
        Self { reference, error }
    }
}

fn is_object(text: &str) -> bool {
    text.trim_ascii_start().starts_with('{')
}

/// Puts a parser's complaint into a sentence.
fn malformed(what: &str, error: &serde_json::Error) -> Error {
    if is_unpaired_surrogate(error) {
        return Error::new(ErrorCode::BadRequest, format!("{what} {UNPAIRED_SURROGATE}."));
    }
    if !error.is_data() {
        let words = format!("{what} is not JSON: it goes wrong at column {}.", error.column());
        return Error::new(ErrorCode::BadRequest, words);
    }
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    // serde puts names into backquotes, and names of fields first.
    let named = ["missing field", "unknown field"].iter().any(|start| reason.starts_with(start));
    let field = named.then(|| reason.split('`').nth(1)).flatten();
    let words = format!("{what} does not fit: {reason}.");
    Error::new(ErrorCode::BadRequest, words).with(field.map(ErrorDetails::of_field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_model::RoomId;
    use parlor_protocol::commands::{MessageSend, RoomTarget};

    fn misread(text: &str) -> (Option<u64>, ErrorCode) {
        let misread = frame(text).unwrap_err();
        (misread.reference, misread.error.code)
    }

    #[test]
    fn whatever_is_wrong_the_ref_comes_back_if_it_can_be_read() {
        assert_eq!(misread("hello"), (None, ErrorCode::BadRequest));
        assert_eq!(misread("[\"ping\",1]"), (None, ErrorCode::BadRequest));
        assert_eq!(misread("{\"type\":7,\"ref\":5}"), (Some(5), ErrorCode::BadRequest));
        assert_eq!(misread("{\"ref\":5}"), (Some(5), ErrorCode::BadRequest));
        assert_eq!(misread("{\"type\":\"ping\",\"ref\":\"x\"}"), (None, ErrorCode::BadRequest));
        assert_eq!(misread("{\"type\":\"ping\",\"ref\":5"), (None, ErrorCode::BadRequest));
    }

    #[test]
    fn an_envelope_may_hold_what_a_later_version_knows() {
        let (frame, data) = frame("{\"type\":\"ping\",\"new\":true}").unwrap();
        assert_eq!((frame.kind.as_ref(), frame.reference), ("ping", None));
        assert!(data.read::<serde_json::Map<String, serde_json::Value>>().unwrap().is_empty());
    }

    #[test]
    fn wrong_fields_are_named() {
        let read = |data: &'static str| {
            let raw: &RawValue = serde_json::from_str(data).unwrap();
            Data(Some(raw)).read::<MessageSend>().unwrap_err()
        };
        for (data, field) in [
            ("{\"room\":\"rm_1\"}", Some("body")),
            ("{\"room\":\"rm_1\",\"body\":\"x\",\"is_admin\":true}", Some("is_admin")),
            ("{\"room\":1,\"body\":\"x\"}", None),
            ("[\"rm_1\",\"x\"]", None),
            ("null", None),
        ] {
            let error = read(data);
            assert_eq!(error.code, ErrorCode::BadRequest, "{data}");
            assert_eq!(error.details.and_then(|details| details.field).as_deref(), field, "{data}");
        }
        for half in [r#"{"room":"rm_1","body":"\ud83d"}"#, r#"{"room":"rm_1","body":"\udc00 x"}"#] {
            let words = read(half).message;
            assert!(words.starts_with("“data” holds half a character: an unpaired surrogate"), "{words}");
        }
        assert!(Data(None).read::<RoomTarget>().is_err(), "absent data is an empty object");
        let error = id::<RoomId>("room", "usr_1").unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidField);
        assert_eq!(error.details.unwrap().field.as_deref(), Some("room"));
    }
}

//! How frames look on the wire: for one connection, in the form that it chose; for everybody in a room, encoded at most
//! once in each form, however many get them.

use std::cell::RefCell;
use std::sync::OnceLock;

use parlor_protocol::{ServerFrame, binary};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::codec::{Builder, Deflater, Frame, WindowBits};

/// About how long an answer or an event is, in bytes.
const USUAL_LENGTH: usize = 512;
/// Shorter messages are sent as they are: compressing them rarely pays.
const MIN_DEFLATED: usize = 256;

/// The subprotocols that are spoken. Without one, frames are JSON.
pub(crate) const SUBPROTOCOLS: &[&str] = &[binary::JSON_SUBPROTOCOL, binary::SUBPROTOCOL];

/// In which form a connection takes its frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wire {
    /// What frames are made of.
    pub(crate) encoding: Encoding,
    /// How far back compressed messages may refer, if messages may be compressed.
    pub(crate) deflate: Option<WindowBits>,
}

/// What frames are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    /// Text frames with JSON.
    #[default]
    Json,
    /// Binary frames with the compact form of it.
    Binary,
}

/// [`ServerFrame::Ok`], whose data need not be read to be written.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<u64>,
    data: &'a RawValue,
}

/// A frame for everybody in a room.
#[derive(Debug)]
pub(crate) struct Payload {
    json: Frame,
    binary: OnceLock<Frame>,
    deflated_json: OnceLock<Option<Frame>>,
    deflated_binary: OnceLock<Option<Frame>>,
}

thread_local! {
    /// One a shard: it is large, and keeps nothing from one message to the next.
    static DEFLATER: RefCell<Deflater> = RefCell::new(Deflater::new(WindowBits::LARGEST, MIN_DEFLATED));
}

impl Encoding {
    /// The encoding that goes with a subprotocol.
    pub(crate) fn of(subprotocol: Option<&str>) -> Self {
        if subprotocol == Some(binary::SUBPROTOCOL) { Self::Binary } else { Self::Json }
    }
}

impl Wire {
    /// A frame for one connection.
    pub(crate) fn frame(self, frame: &ServerFrame) -> Frame {
        let plain = match self.encoding {
            Encoding::Json => json(frame),
            Encoding::Binary => compact(frame),
        };
        self.deflated(plain)
    }

    /// The frame `ok` for one connection, with data that is encoded already: there are as many of these as messages.
    pub(crate) fn answer(self, reference: Option<u64>, data: &RawValue) -> Frame {
        let json = json(&Answer { kind: "ok", reference, data });
        self.deflated(match self.encoding {
            Encoding::Json => json,
            Encoding::Binary => transcode(&json),
        })
    }

    fn deflated(self, plain: Frame) -> Frame {
        let deflated = self.may_deflate(&plain).then(|| deflate(&plain, self.encoding)).flatten();
        deflated.unwrap_or(plain)
    }

    /// A message that is not longer than the window never refers back further than that.
    fn may_deflate(self, frame: &Frame) -> bool {
        self.deflate
            .is_some_and(|window| window == WindowBits::LARGEST || frame.payload().len() <= window.bytes())
    }
}

impl Payload {
    /// Encodes what goes to everybody. Forms that nobody asks for are not made.
    pub(crate) fn new(frame: &ServerFrame) -> Self {
        Self::of_frame(json(frame))
    }

    /// Something that is no frame of Parlor's, to tell apart from others.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Self {
        Self::of_frame(Frame::text(text))
    }

    /// What it says, in JSON.
    #[cfg(test)]
    pub(crate) fn text_of(&self) -> &str {
        self.json.text_of()
    }

    /// How many bytes it takes on the wire as JSON. Its other forms are shorter.
    pub(crate) fn len(&self) -> usize {
        self.json.len()
    }

    /// The frame in that form.
    pub(crate) fn frame(&self, wire: Wire) -> &Frame {
        let plain = match wire.encoding {
            Encoding::Json => &self.json,
            Encoding::Binary => self.binary.get_or_init(|| transcode(&self.json)),
        };
        if !wire.may_deflate(plain) {
            return plain;
        }
        let deflated = match wire.encoding {
            Encoding::Json => &self.deflated_json,
            Encoding::Binary => &self.deflated_binary,
        };
        deflated.get_or_init(|| deflate(plain, wire.encoding)).as_ref().unwrap_or(plain)
    }

    fn of_frame(json: Frame) -> Self {
        Self {
            json,
            binary: OnceLock::new(),
            deflated_json: OnceLock::new(),
            deflated_binary: OnceLock::new(),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "the wire types hold only strings, numbers, lists and maps with string keys, which always encode"
)]
fn json(frame: &impl Serialize) -> Frame {
    let mut builder = Builder::with_capacity(USUAL_LENGTH);
    serde_json::to_writer(&mut builder, frame).expect("wire types encode");
    builder.text()
}

#[expect(clippy::expect_used, reason = "as for JSON: wire types always encode")]
fn compact(frame: &ServerFrame) -> Frame {
    Frame::binary(&binary::encode(frame).expect("wire types encode"))
}

/// The compact form of a frame that there is as JSON. Shared frames are encoded from the text, so that what they were
/// made of need not be kept for as long as somebody may ask for the other form.
#[expect(
    clippy::expect_used,
    reason = "the text was written by serde_json, and what JSON says always encodes"
)]
fn transcode(frame: &Frame) -> Frame {
    let value: serde_json::Value = serde_json::from_slice(frame.payload()).expect("the text is JSON");
    Frame::binary(&binary::encode(&value).expect("JSON encodes"))
}

fn deflate(frame: &Frame, encoding: Encoding) -> Option<Frame> {
    DEFLATER.with_borrow_mut(|deflater| match encoding {
        Encoding::Json => std::str::from_utf8(frame.payload()).ok().and_then(|text| deflater.text(text)),
        Encoding::Binary => deflater.binary(frame.payload()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Inflater;

    const SMALL: Wire = Wire { encoding: Encoding::Json, deflate: WindowBits::new(9) };
    const FORMS: [Wire; 4] = [
        Wire { encoding: Encoding::Json, deflate: None },
        Wire { encoding: Encoding::Binary, deflate: None },
        Wire { encoding: Encoding::Json, deflate: Some(WindowBits::LARGEST) },
        Wire { encoding: Encoding::Binary, deflate: Some(WindowBits::LARGEST) },
    ];

    fn sample(rooms: u8) -> ServerFrame {
        let head = |number| parlor_protocol::Head {
            room: parlor_model::RoomId::from_bytes([number; 16]).to_string(),
            head: 7,
            messages: 1,
            newest: Some(7),
            by: None,
        };
        ServerFrame::HeadsChanged { data: parlor_protocol::Heads { heads: (0..rooms).map(head).collect() } }
    }

    /// What a client of that form understands.
    fn understood(frame: &Frame) -> serde_json::Value {
        let bytes = frame.as_bytes();
        assert_eq!(bytes[0] & 0x80, 0x80, "it is one whole message");
        let mut inflater = Inflater::new();
        let payload = if bytes[0] & 0x40 == 0 {
            frame.payload().to_vec()
        } else {
            inflater.inflate(frame.payload(), 100_000).unwrap().to_vec()
        };
        match bytes[0] & 0x0f {
            1 => serde_json::from_slice(&payload).unwrap(),
            2 => binary::decode(&payload).unwrap(),
            other => panic!("{other} is no message"),
        }
    }

    #[test]
    fn every_form_says_the_same() {
        for rooms in [1, 40] {
            let frame = sample(rooms);
            let expected = serde_json::to_value(&frame).unwrap();
            let shared = Payload::new(&frame);
            for wire in FORMS {
                assert_eq!(understood(&wire.frame(&frame)), expected, "{wire:?}");
                assert_eq!(understood(shared.frame(wire)), expected, "{wire:?}");
            }
        }
    }

    #[test]
    fn an_answer_is_the_frame_of_the_contract() {
        for reference in [Some(7), None] {
            let data = serde_json::json!({"id": "msg_1", "seq": 43, "list": [1.5, null, "“\u{7}”"]});
            let raw = serde_json::value::to_raw_value(&data).unwrap();
            let frame = ServerFrame::Ok { reference, data };
            for wire in FORMS {
                let expected = serde_json::to_value(&frame).unwrap();
                assert_eq!(understood(&wire.answer(reference, &raw)), expected, "{wire:?}");
            }
            assert_eq!(FORMS[0].answer(reference, &raw), FORMS[0].frame(&frame));
        }
    }

    #[test]
    fn the_compact_forms_are_shorter_and_made_once() {
        let shared = Payload::new(&sample(40));
        let length = |wire| shared.frame(wire).len();
        assert!(FORMS[1..].iter().all(|wire| length(*wire) < shared.len()));
        for wire in FORMS {
            assert!(std::ptr::eq(shared.frame(wire), shared.frame(wire)));
        }
    }

    #[test]
    fn a_small_window_gets_plain_what_is_longer() {
        let (short, long) = (Payload::new(&sample(5)), Payload::new(&sample(40)));
        assert!((256..=512).contains(&short.json.payload().len()));
        assert!(short.frame(SMALL).len() < short.len());
        assert_eq!(long.frame(SMALL), &long.json);
    }
}

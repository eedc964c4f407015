//! Finds the few words of a server's frame that matter, without parsing it.
//!
//! The envelope comes before the data in every frame, so the first `"room":"`, `"seq":`, `"from":`, `"to":` and `"ref":`
//! are the envelope's. A body can't hold such a word: its quotation marks would be escaped.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// What a server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'b> {
    /// A change in a room.
    Event {
        /// Which room.
        room: &'b [u8],
        /// Its place.
        seq: u64,
    },
    /// Everything after `from` up to `to`.
    Page {
        /// Which room.
        room: &'b [u8],
        /// The position that it continues.
        from: u64,
        /// The position after it.
        to: u64,
    },
    /// A room begins anew after this place.
    Reset {
        /// Which room.
        room: &'b [u8],
        /// The place.
        head: u64,
    },
    /// A command was done, and the place that it got, if it got one.
    Done {
        /// The command's number.
        reference: u64,
        /// The place.
        seq: Option<u64>,
    },
    /// A command was refused for now: it may be repeated.
    Busy {
        /// The command's number.
        reference: u64,
    },
    /// A command was refused.
    Refused,
    /// The answer to `hello`.
    Ready,
    /// Something else, such as presence.
    Other,
}

const EVENT: &[u8] = b"{\"type\":\"message.created\",\"room\":\"";

/// Reads a frame.
pub fn read(frame: &[u8]) -> Said<'_> {
    // Nearly every frame has this form.
    if let Some(rest) = frame.strip_prefix(EVENT)
        && let Some(end) = rest.iter().position(|byte| *byte == b'"')
        && let Some(digits) = rest[end..].strip_prefix(b"\",\"seq\":")
    {
        return Said::Event { room: &rest[..end], seq: number(digits) };
    }
    read_carefully(frame)
}

fn read_carefully(frame: &[u8]) -> Said<'_> {
    let kind = text_after(frame, b"\"type\":\"").unwrap_or_default();
    let reference = || number_after(frame, b"\"ref\":").unwrap_or_default();
    match kind {
        b"ok" => Said::Done { reference: reference(), seq: number_after(frame, b"\"seq\":") },
        b"error" if text_after(frame, b"\"code\":\"") == Some(b"busy") => {
            Said::Busy { reference: reference() }
        }
        b"error" => Said::Refused,
        b"ready" => Said::Ready,
        _ => read_event(frame, kind),
    }
}

fn read_event<'b>(frame: &'b [u8], kind: &[u8]) -> Said<'b> {
    let Some(room) = text_after(frame, b"\"room\":\"") else {
        return Said::Other;
    };
    let number = |name| number_after(frame, name).unwrap_or_default();
    match kind {
        b"room.changes" => Said::Page { room, from: number(b"\"from\":"), to: number(b"\"to\":") },
        b"room.reset" => Said::Reset { room, head: number(b"\"head\":") },
        b"presence.changed" | b"room.joined" => Said::Other,
        _ => number_after(frame, b"\"seq\":").map_or(Said::Other, |seq| Said::Event { room, seq }),
    }
}

/// The time that stands at the beginning of a message's body, if [`stamp`] made it.
pub fn sent_at(frame: &[u8]) -> Option<u64> {
    let body = text_after(frame, b"\"body\":\"")?;
    let digits = std::str::from_utf8(body.get(..STAMP)?).ok()?.strip_prefix('t')?;
    u64::from_str_radix(digits, 16).ok()
}

/// How many bytes a stamp takes.
pub const STAMP: usize = 17;

/// A body of this many ASCII bytes that begins with a time.
pub fn stamp(time: u64, bytes: usize, out: &mut Vec<u8>) {
    const WORDS: &[u8] = b" the quick brown fox jumps over the lazy dog and says so";
    let begin = out.len();
    out.extend(format!("t{time:016x}").as_bytes());
    out.extend(WORDS.iter().cycle().take(bytes.saturating_sub(STAMP)));
    // A body must not end in a blank: a server may trim it.
    if out.len() > begin && out.last() == Some(&b' ') {
        out.pop();
        out.push(b'.');
    }
}

/// The nonce of a send, in the way of the web client's: the time in milliseconds first, then what looks like chance, 26
/// digits in all. The same send has the same one.
pub fn nonce(time: u64, tag: u64, number: u64) -> String {
    let chance: u64 = StdRng::seed_from_u64(tag ^ number).random();
    format!("{:011x}{:015x}", time / 1_000_000, chance >> 4)
}

fn text_after<'b>(frame: &'b [u8], word: &[u8]) -> Option<&'b [u8]> {
    let rest = after(frame, word)?;
    rest.iter().position(|byte| *byte == b'"').map(|end| &rest[..end])
}

fn number_after(frame: &[u8], word: &[u8]) -> Option<u64> {
    after(frame, word).map(number)
}

fn after<'b>(frame: &'b [u8], word: &[u8]) -> Option<&'b [u8]> {
    memchr::memmem::find(frame, word).map(|at| &frame[at + word.len()..])
}

/// The digits at the beginning.
fn number(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number: u64, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_sort_by_time_and_differ() {
        let second = 1_000_000_000;
        assert!(nonce(9 * second, 7, 9) < nonce(10 * second, 7, 1));
        let nonces: std::collections::BTreeSet<String> =
            (0..1000).flat_map(|number| [1, 2].map(|tag| nonce(second, tag << 40, number))).collect();
        assert_eq!(nonces.len(), 2000);
        assert!(nonces.iter().all(|nonce| nonce.len() == 26 && nonce.starts_with("000000003e8")));
    }

    #[test]
    fn the_words_of_every_kind_of_frame_are_found() {
        let told: &[(&[u8], Said<'_>)] = &[
            (
                br#"{"type":"message.created","room":"rm_a","seq":43,"data":{"seq":1}}"#,
                Said::Event { room: b"rm_a", seq: 43 },
            ),
            (
                br#"{"type":"member.joined","room":"rm_b","seq":7,"data":{}}"#,
                Said::Event { room: b"rm_b", seq: 7 },
            ),
            (
                br#"{"type":"room.changes","room":"rm_a","from":41,"to":60,"data":{"messages":[{"seq":44}]}}"#,
                Said::Page { room: b"rm_a", from: 41, to: 60 },
            ),
            (br#"{"type":"room.reset","room":"rm_a","data":{"head":9}}"#, Said::Reset { room: b"rm_a", head: 9 }),
            (br#"{"type":"ok","ref":2,"data":{"id":"msg_x","seq":43}}"#, Said::Done { reference: 2, seq: Some(43) }),
            (br#"{"type":"ok","ref":3,"data":{}}"#, Said::Done { reference: 3, seq: None }),
            (br#"{"type":"error","ref":4,"error":{"code":"busy"}}"#, Said::Busy { reference: 4 }),
            (br#"{"type":"error","ref":4,"error":{"code":"muted"}}"#, Said::Refused),
            (br#"{"type":"ready","ref":1,"data":{"rooms":[]}}"#, Said::Ready),
            (br#"{"type":"presence.changed","room":"rm_a","data":{}}"#, Said::Other),
        ];
        for (frame, said) in told {
            assert_eq!(read(frame), *said, "{}", String::from_utf8_lossy(frame));
        }
    }

    #[test]
    fn a_body_can_not_pretend_to_be_an_envelope() {
        let frame = br#"{"type":"message.edited","data":{"body":"\"seq\":99,\"room\":\"rm_b\""},"room":"rm_a","seq":5}"#;
        assert_eq!(read(frame), Said::Event { room: b"rm_a", seq: 5 });
    }

    #[test]
    fn a_stamp_comes_back_and_has_the_size_that_was_asked_for() {
        for size in [17, 18, 100, 1000] {
            let mut body = Vec::new();
            stamp(0x1234_5678_9abc, size, &mut body);
            assert_eq!(body.len(), size);
            assert_ne!(body.last(), Some(&b' '));
            let frame = [br#"{"data":{"body":""#, &body[..], br#""}}"#].concat();
            assert_eq!(sent_at(&frame), Some(0x1234_5678_9abc));
        }
        assert_eq!(sent_at(br#"{"data":{"body":"hello, this is no stamp"}}"#), None);
    }
}

//! The rules of the standard, one by one, and how little a connection holds.

use super::*;
use crate::codec::properties::Got;
use crate::codec::samples::{deflated, frame};

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
const MAX: u32 = 1_000;

/// Reads all that is there.
fn drain(mut reading: Reading<'_>) -> Vec<Got> {
    let mut got = Vec::new();
    loop {
        match reading.next() {
            Ok(Some(incoming)) => got.push(incoming.into()),
            Ok(None) => return got,
            Err(violation) => got.push(Got::Wrong(violation)),
        }
    }
}

/// What comes of a stream that arrives in one piece, and byte by byte; both must be the same.
fn read(stream: &[u8]) -> Vec<Got> {
    read_with(stream, None)
}

fn read_with(stream: &[u8], mut inflater: Option<&mut Inflater>) -> Vec<Got> {
    let mut decoder = Decoder::new(MAX);
    let whole = drain(decoder.read(&mut stream.to_vec(), inflater.as_deref_mut()));
    let mut decoder = Decoder::new(MAX);
    let mut bytewise = Vec::new();
    for byte in stream {
        bytewise.extend(drain(decoder.read(&mut [*byte], inflater.as_deref_mut())));
    }
    assert_eq!(whole, bytewise, "{stream:?}");
    whole
}

fn text(text: &str) -> Got {
    Got::Text(text.to_owned())
}

fn wrong(words: &'static str) -> Vec<Got> {
    vec![Got::Wrong(Violation::Protocol(words))]
}

#[test]
fn the_example_of_the_standard() {
    let hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(read(&hello), [text("Hello")]);
}

#[test]
fn every_kind_of_frame_is_told_apart() {
    let stream = [
        frame(0x81, "čaj".as_bytes(), KEY),
        frame(0x82, &[0xff, 0], KEY),
        frame(0x89, b"you?", KEY),
        frame(0x8a, b"", KEY),
        frame(0x81, b"", KEY),
        frame(0x88, b"\x03\xe8bye", KEY),
    ];
    let expected = [
        text("čaj"),
        Got::Binary(vec![0xff, 0]),
        Got::Ping(b"you?".to_vec()),
        Got::Pong(Vec::new()),
        text(""),
        Got::Close(Some((1000, "bye".to_owned()))),
    ];
    assert_eq!(read(&stream.concat()), expected);
}

#[test]
fn lengths_take_as_few_bytes_as_they_can() {
    for length in [0, 1, 125, 126, 127, 1_000] {
        assert_eq!(read(&frame(0x82, &vec![7; length], KEY)), [Got::Binary(vec![7; length])]);
    }
    let words = "a length must take as few bytes as it can";
    assert_eq!(read(&[0x82, 0xfe, 0, 125]), wrong(words));
    assert_eq!(read(&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff]), wrong(words));
    assert_eq!(read(&[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]), wrong("a length has at most 63 bits"));
}

#[test]
fn what_only_servers_or_other_versions_send_is_refused() {
    assert_eq!(read(&[0x81, 0x05]), wrong("a client's frame must be masked"));
    for first in [0x83, 0x87, 0x8b, 0x8f, 0x03] {
        assert_eq!(read(&[first]), wrong("unknown opcode"));
    }
    for first in [0xa1, 0x91, 0xb1, 0x99] {
        assert_eq!(read(&[first]), wrong("a reserved bit is set"));
    }
    assert_eq!(read(&frame(0xc1, b"x", KEY)), wrong("compression was not agreed upon"));
}

#[test]
fn control_frames_are_short_and_whole() {
    let payload = [b'p'; 125];
    assert_eq!(read(&frame(0x89, &payload, KEY)), [Got::Ping(payload.to_vec())]);
    for opcode in [0x8, 0x9, 0xa] {
        assert_eq!(read(&[opcode]), wrong("a control frame must not be fragmented"));
        assert_eq!(read(&[0x80 | opcode, 0xfe]), wrong("a control frame is too long"));
    }
    assert_eq!(read(&[0xc9]), wrong("only the first frame of a message tells that it is compressed"));
}

#[test]
fn fragments_are_joined_and_control_frames_come_between() {
    let stream = [
        frame(0x01, b"a", KEY),
        frame(0x00, b"", KEY),
        frame(0x89, b"1", KEY),
        frame(0x00, b"b", KEY),
        frame(0x8a, b"2", KEY),
        frame(0x80, b"c", KEY),
        frame(0x02, b"", KEY),
        frame(0x80, b"", KEY),
        frame(0x81, b"d", KEY),
    ];
    let expected =
        [Got::Ping(b"1".to_vec()), Got::Pong(b"2".to_vec()), text("abc"), Got::Binary(Vec::new()), text("d")];
    assert_eq!(read(&stream.concat()), expected);
}

#[test]
fn fragments_keep_their_order() {
    assert_eq!(read(&frame(0x80, b"x", KEY)), wrong("there is nothing to continue"));
    for first in [0x01, 0x81, 0x02, 0x82] {
        let stream = [frame(0x01, b"a", KEY), frame(first, b"b", KEY)].concat();
        assert_eq!(read(&stream), wrong("the message before was not finished"));
    }
}

#[test]
fn text_is_utf8_and_judged_early() {
    let bad = b"\xed\xa0\x80";
    assert_eq!(read(&frame(0x81, bad, KEY)), [Got::Wrong(Violation::NotUtf8)]);
    let split = [frame(0x01, b"\xc4", KEY), frame(0x80, b"\x8d", KEY)].concat();
    assert_eq!(read(&split), [text("č")]);
    assert_eq!(read(&frame(0x81, b"\xc4", KEY)), [Got::Wrong(Violation::NotUtf8)], "half a character");
    let unfinished = [frame(0x01, b"\xc4", KEY), frame(0x80, b"", KEY)].concat();
    assert_eq!(read(&unfinished), [Got::Wrong(Violation::NotUtf8)]);

    // The first byte that nothing can mend is enough, within a frame and in a fragment that is not the last.
    let mut early = frame(0x81, b"\xf4\x90 and much more", KEY);
    early.truncate(6 + 2);
    assert_eq!(read(&early), [Got::Wrong(Violation::NotUtf8)]);
    assert_eq!(read(&frame(0x01, b"ok\xff", KEY)), [Got::Wrong(Violation::NotUtf8)]);
}

#[test]
fn close_frames_say_what_may_be_said() {
    let close = |payload: &[u8]| read(&frame(0x88, payload, KEY));
    assert_eq!(close(b""), [Got::Close(None)]);
    assert_eq!(close(b"\x03"), wrong("half a close code"));
    assert_eq!(close(b"\x03\xe8\xff"), [Got::Wrong(Violation::NotUtf8)]);
    for code in
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
    {
        assert_eq!(close(&u16::to_be_bytes(code)), [Got::Close(Some((code, String::new())))]);
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] {
        assert_eq!(close(&u16::to_be_bytes(code)), wrong("no such close code"));
    }
}

#[test]
fn after_the_end_nothing_is_read() {
    let stream = [frame(0x88, b"", KEY), frame(0x89, b"", KEY), vec![0xff]].concat();
    assert_eq!(read(&stream), [Got::Close(None)]);
    let stream = [vec![0x03], frame(0x89, b"", KEY)].concat();
    assert_eq!(read(&stream), wrong("unknown opcode"));

    let mut decoder = Decoder::new(MAX);
    drain(decoder.read(&mut frame(0x01, b"begun", KEY), None));
    assert!(!decoder.has_ended());
    drain(decoder.read(&mut frame(0x88, b"", KEY), None));
    assert!(decoder.has_ended());
    assert_eq!(decoder.heap_bytes(), 0, "what had begun is given back");
}

#[test]
fn size_is_judged_by_the_header() {
    let longest = vec![7; MAX as usize];
    assert_eq!(read(&frame(0x82, &longest, KEY)), [Got::Binary(longest.clone())]);
    let too_large = [Got::Wrong(Violation::TooLarge)];
    let header = |length: u16| [&[0x82, 0xfe][..], &length.to_be_bytes(), &KEY].concat();
    assert_eq!(read(&header(1_001)), too_large);
    assert_eq!(read(&[&[0x82, 0xff, 0x7f][..], &[0xff; 7], &KEY].concat()), too_large);

    // The sum of fragments counts, and control frames between them do not.
    let ping = frame(0x89, &[0; 125], KEY);
    let first = frame(0x02, &[7; 600], KEY);
    let fits = [first.clone(), ping.clone(), frame(0x80, &[7; 400], KEY)].concat();
    assert_eq!(read(&fits)[1], Got::Binary(longest));
    let exceeds =
        [first, ping, header(401).into_iter().map(|byte| if byte == 0x82 { 0x80 } else { byte }).collect()];
    assert_eq!(read(&exceeds.concat())[1..], too_large);
}

#[test]
fn compressed_messages_are_inflated() {
    let mut inflater = Inflater::new();
    let words = "said again and again and again";
    let whole = deflated(words.as_bytes());
    let (first, second) = whole.split_at(5);
    let stream = [
        frame(0xc1, &whole, KEY),
        frame(0x41, first, KEY),
        frame(0x89, b"", KEY),
        frame(0x80, second, KEY),
        frame(0xc2, &whole, KEY),
        frame(0x81, b"plain", KEY),
    ];
    let expected = [
        text(words),
        Got::Ping(Vec::new()),
        text(words),
        Got::Binary(words.as_bytes().to_vec()),
        text("plain"),
    ];
    assert_eq!(read_with(&stream.concat(), Some(&mut inflater)), expected);
}

#[test]
fn compressed_messages_obey_the_same_rules() {
    let mut inflater = Inflater::new();
    let mut judge = |stream: &[u8]| read_with(stream, Some(&mut inflater));
    let too_large = [Got::Wrong(Violation::TooLarge)];
    assert_eq!(judge(&frame(0xc1, &deflated(&[b'a'; 1_001]), KEY)), too_large);
    assert_eq!(judge(&frame(0xc1, &deflated(b"\xff"), KEY)), [Got::Wrong(Violation::NotUtf8)]);
    assert_eq!(judge(&frame(0xc1, &[7], KEY)), [Got::Wrong(Violation::NotDeflated)]);
    let again = [frame(0x41, b"", KEY), frame(0xc0, b"", KEY)].concat();
    assert_eq!(judge(&again), wrong("only the first frame of a message tells that it is compressed"));
}

#[test]
fn what_was_not_asked_for_comes_first_the_next_time() {
    let mut decoder = Decoder::new(MAX);
    let mut stream = [frame(0x81, b"1", KEY), frame(0x81, b"2", KEY), frame(0x81, b"3", KEY)].concat();
    let rest = stream.split_off(stream.len() - 3);
    let mut reading = decoder.read(&mut stream, None);
    assert_eq!(reading.next(), Ok(Some(Incoming::Text("1"))));
    drop(reading);
    assert!(decoder.has_kept());
    let mut reading = decoder.read(&mut [], None);
    assert_eq!(reading.next(), Ok(Some(Incoming::Text("2"))));
    drop(reading);
    assert!(decoder.has_kept(), "the third has begun");
    let mut rest = [rest, frame(0x81, b"4", KEY)].concat();
    assert_eq!(drain(decoder.read(&mut rest, None)), [text("3"), text("4")]);
    assert!(!decoder.has_kept());
    assert_eq!(decoder.heap_bytes(), 0);
}

#[test]
fn an_idle_connection_holds_nothing() {
    assert!(size_of::<Decoder>() <= 16, "{} bytes", size_of::<Decoder>());
    let mut decoder = Decoder::new(1_000_000);
    let stream = frame(0x81, &vec![b'a'; 100_000], KEY);
    for chunk in stream.chunks(777) {
        drain(decoder.read(&mut chunk.to_vec(), None));
    }
    assert_eq!(decoder.heap_bytes(), 0);
    assert_eq!(drain(decoder.read(&mut [0x81, 0x85], None)), []);
    assert!((1..600).contains(&decoder.heap_bytes()), "{} bytes", decoder.heap_bytes());
}

#[test]
fn memory_follows_what_arrived_not_what_was_announced() {
    let mut decoder = Decoder::new(u32::MAX);
    let mut header = vec![0x82, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
    header.extend(KEY);
    drain(decoder.read(&mut header, None));
    assert!(decoder.heap_bytes() < 600);
    let mut arrived = 0;
    for size in [1, 10, 100, 1_000, 10_000, 100_000] {
        drain(decoder.read(&mut vec![0; size], None));
        arrived += size;
        assert!(decoder.heap_bytes() <= 2 * arrived + 600, "{} for {arrived}", decoder.heap_bytes());
    }
}

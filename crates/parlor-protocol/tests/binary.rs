//! The compact encoding: shared vectors, and properties over whatever JSON can hold.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use parlor_protocol::binary::{self, Error, KEYS, MAX_DEPTH, TYPES};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Read by the tests of `packages/client`, too.
const VECTORS: &str = include_str!("binary-vectors.json");

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    both_ways: Vec<BothWays>,
    only_decoded: Vec<BothWays>,
    refused: Vec<Refused>,
}

/// A value and the bytes of its encoding. Some bytes are only understood, and would be written differently.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct BothWays {
    name: String,
    value: Value,
    hex: String,
}

/// Bytes that are refused, and with which words.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    name: String,
    hex: String,
    error: String,
}

/// Keys of maps stand in alphabetical order there, because not every JSON library keeps another.
fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

#[test]
fn the_shared_vectors_hold() {
    let vectors = vectors();
    for BothWays { name, value, hex: expected } in &vectors.both_ways {
        assert_eq!(binary::encode(value).as_ref(), Ok(&bytes(expected)), "{name}");
        assert_eq!(binary::decode(&bytes(expected)).as_ref(), Ok(value), "{name}");
    }
    for BothWays { name, value, hex } in &vectors.only_decoded {
        assert_eq!(binary::decode(&bytes(hex)).as_ref(), Ok(value), "{name}");
        assert_ne!(binary::encode(value).unwrap(), bytes(hex), "{name} belongs to those that go both ways");
    }
    for Refused { name, hex, error } in &vectors.refused {
        let words = binary::decode(&bytes(hex)).map_err(|error| error.to_string());
        assert_eq!(words.as_ref(), Err(error), "{name}");
    }
}

#[test]
fn the_vectors_pin_every_number() {
    let vectors = vectors();
    let value = |name: &str| &vectors.both_ways.iter().find(|vector| vector.name == name).unwrap().value;
    let keys: Vec<_> = value("every key")
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one.as_object().unwrap().keys())
        .collect();
    assert_eq!(keys, KEYS);
    let types: Vec<_> =
        value("every type").as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(types, TYPES);
}

/// Strings, with those among them that have a short form or just don't.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ".{0,40}",
        1 => "(usr|rm|msg|ses|inv|ws|bot)_[0-9a-hjkmnp-tv-z]{26}",
        1 => "(usr|rm|msg|ses|inv|ws)_[0-9a-zA-Z_é]{25,27}",
        1 => "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{3})?(Z|\\+00:00)",
        1 => proptest::sample::select(TYPES).prop_map(str::to_owned),
        1 => proptest::sample::select(KEYS).prop_map(str::to_owned),
        1 => "x{0,300}",
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(KEYS).prop_map(str::to_owned),
        1 => Just("type".to_owned()),
        1 => Just("__proto__".to_owned()),
        2 => text(),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        any::<u16>().prop_map(Value::from),
        any::<f32>().prop_map(|number| Value::from(f64::from(number))),
        any::<f64>().prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 64, 20, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..20).prop_map(Value::from),
            proptest::collection::vec((key(), inner), 0..20)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// A value with the bits of its floats: `-0.0` is not `0.0`.
fn exact(value: &Value) -> String {
    serde_json::to_string(value).unwrap()
}

proptest! {
    #[test]
    fn every_value_comes_back_as_it_was(value in value()) {
        let encoded = binary::encode(&value).unwrap();
        let decoded = binary::decode(&encoded).unwrap();
        prop_assert_eq!(exact(&decoded), exact(&value));
        prop_assert_eq!(decoded, value);
    }

    #[test]
    fn a_part_of_an_encoding_is_none(value in value(), part in 0.0..1.0_f64, more in any::<u8>()) {
        let mut encoded = binary::encode(&value).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a small number")]
        let shorter = (encoded.len() as f64 * part) as usize;
        prop_assert!(binary::decode(&encoded[..shorter]).is_err());
        encoded.push(more);
        prop_assert_eq!(binary::decode(&encoded), Err(Error::Trailing { at: encoded.len() - 1 }));
    }

    #[test]
    fn any_bytes_are_either_a_value_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(value) = binary::decode(&bytes) {
            prop_assert_eq!(binary::decode(&binary::encode(&value).unwrap()), Ok(value));
        }
    }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(
        Value::Null,
        |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({"data": inner}) },
    )
}

#[test]
fn depth_is_bounded_as_in_json() {
    let deepest = nested(MAX_DEPTH);
    let text = deepest.to_string();
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    assert_eq!(binary::decode(&binary::encode(&deepest).unwrap()), Ok(deepest));
    let deeper = nested(MAX_DEPTH + 1);
    assert!(serde_json::from_str::<Value>(&deeper.to_string()).is_err());
    assert_eq!(binary::encode(&deeper), Err(Error::TooDeep));
    // A list in a list in a list …, for a megabyte: no stack is as deep.
    assert_eq!(binary::decode(&vec![0x91; 1 << 20]), Err(Error::TooDeep));
}

#[test]
fn what_can_be_serialised_is_written_as_json_would_have_it() {
    #[derive(serde::Serialize)]
    enum Shape {
        Unit,
        Newtype(u8),
        Tuple(u8, String),
        Struct { seq: u64, missing: Option<u8> },
    }
    #[derive(serde::Serialize)]
    struct Flat {
        #[serde(rename = "type")]
        kind: &'static str,
        #[serde(flatten)]
        rest: std::collections::BTreeMap<String, i8>,
        pair: (char, f32),
        not_finite: f64,
        shapes: Vec<Shape>,
    }
    let flat = Flat {
        kind: "ready",
        rest: [("seq".to_owned(), -3), ("other".to_owned(), 4)].into(),
        pair: ('é', 0.1),
        not_finite: f64::NAN,
        shapes: vec![
            Shape::Unit,
            Shape::Newtype(1),
            Shape::Tuple(2, "x".to_owned()),
            Shape::Struct { seq: 3, missing: None },
        ],
    };
    let encoded = binary::encode(&flat).unwrap();
    assert_eq!(binary::decode(&encoded), Ok(serde_json::to_value(&flat).unwrap()));
    assert_eq!(encoded[..3], [0x86, 0, 0], "a map of six, whose type is number 0");
}

#[test]
fn what_is_long_comes_back() {
    for length in [65_535, 65_536] {
        let long = json!([
            "x".repeat(length),
            vec![0; length],
            (0..length).map(|number| (number.to_string(), Value::Null)).collect::<serde_json::Map<_, _>>(),
        ]);
        assert!(binary::decode(&binary::encode(&long).unwrap()).unwrap() == long);
    }
}

#[test]
fn keys_that_are_no_strings_are_refused() {
    let numbers = std::collections::BTreeMap::from([(1, 2)]);
    assert_eq!(binary::encode(&numbers), Err(Error::InvalidKey));
    let lists = std::collections::BTreeMap::from([(vec!["type"], 2)]);
    assert_eq!(binary::encode(&lists), Err(Error::InvalidKey));
}

#[test]
fn a_message_of_a_hundred_bytes_takes_102_more() {
    let message = json!({
        "type": "message.created",
        "room": "rm_06dqgyzk3v7q1c9xw2m8a4thn4",
        "seq": 4_301,
        "data": {
            "id": "msg_06dqgz0e8r3t7kbc5y6vnj2w1r",
            "seq": 4_301,
            "author": "usr_06dqgyvw5c1p9d2s3h8mxe7zk8",
            "body": "A hundred bytes of what people say to each other all day long, which is little, and yet means a lot.",
            "nonce": "k7Qw2e9rT4yU1iO8",
            "sent_at": "2026-11-21T12:30:00.678Z",
        },
    });
    assert_eq!(message["data"]["body"].as_str().unwrap().len(), 100);
    let (json, binary) = (message.to_string().len(), binary::encode(&message).unwrap().len());
    assert_eq!((json, binary), (350, 202));
}

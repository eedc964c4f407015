//! The properties that fuzzing looks for exceptions to: here with what is likely to be one, and with every input for
//! which one of them was broken once, or which a fuzzer found worth keeping.

mod properties;

use std::path::Path;

use proptest::prelude::*;

#[test]
fn nothing_that_was_mended_breaks_again() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut checked = 0;
    for folder in ["seeds/commands", "regressions/commands"] {
        for entry in std::fs::read_dir(fuzz.join(folder)).unwrap() {
            properties::check(&std::fs::read(entry.unwrap().path()).unwrap());
            checked += 1;
        }
    }
    assert!(checked >= 10, "only {checked} inputs were found");
}

/// Text that is nearly a frame.
fn nearly_json() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just(r#""type":"#.to_owned()),
        Just(r#""data":"#.to_owned()),
        Just(r#""ref":"#.to_owned()),
        Just(r#""message.send""#.to_owned()),
        Just(r#""room":"rm_01jb0000000000000000000000""#.to_owned()),
        Just(r#""body":"#.to_owned()),
        Just("null".to_owned()),
        "[\\[\\]{},:\"]",
        "-?[0-9]{1,22}(\\.[0-9]{1,20})?([eE]-?[0-9]{1,3})?",
        "\"[a-z\\\\u0-9]{0,8}\"",
    ];
    proptest::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

fn whole_frame() -> impl Strategy<Value = String> {
    let number = "-?[1-9][0-9]{0,20}(\\.[0-9]{1,20})?(e-?[0-9]{1,3})?";
    (".{0,12}", proptest::option::of(any::<u64>()), number, ".{0,20}").prop_map(
        |(kind, reference, number, body)| {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let reference = reference.map_or_else(|| "null".to_owned(), |reference| reference.to_string());
            let (kind, body) = (quoted(&kind), quoted(&body));
            format!(r#"{{"type":{kind},"ref":{reference},"data":{{"body":{body},"more":[{number}]}}}}"#)
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_keep_the_properties(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        properties::check(&bytes);
    }

    #[test]
    fn any_text_keeps_the_properties(text in prop_oneof![nearly_json(), whole_frame()]) {
        properties::check(text.as_bytes());
    }
}

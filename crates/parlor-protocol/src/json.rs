//! What is wrong with a text that should be JSON, where its parser's words would mislead.

/// True if a text breaks off in the middle of a character: `\\ud83d` without its other half. Scripts that cut a text in two
/// make such; it is JSON by its grammar, and no text.
pub fn is_unpaired_surrogate(error: &serde_json::Error) -> bool {
    // The parser has no other way to tell; a test holds it to these words.
    let words = error.to_string();
    words.contains("surrogate in hex escape") || words.contains("unexpected end of hex escape")
}

/// What people read then.
pub const UNPAIRED_SURROGATE: &str =
    "holds half a character: an unpaired surrogate, such as \\ud83d without the half that belongs behind it";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_is_told_from_what_is_no_json() {
        let error = |text: &str| serde_json::from_str::<String>(text).unwrap_err();
        for half in [
            r#""\ud83d""#,
            r#""\ud83d x""#,
            r#""\ude00""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\n""#,
            r#""a\udc00b""#,
        ] {
            assert!(is_unpaired_surrogate(&error(half)), "{half}");
        }
        for other in [r#""\ud8""#, r#""\x""#, "x", r#"""#, "\"a\nb\""] {
            assert!(!is_unpaired_surrogate(&error(other)), "{other}");
        }
        assert!(serde_json::from_str::<String>(r#""\ud83d\ude00""#).is_ok());
    }
}

//! Passwords as text: of one form however a keyboard composes it, and long enough.
//!
//! The form is that of RFC 8265, 4.2: NFC, and every blank is the one of the space bar. Characters are counted as NIST
//! SP 800-63B counts them: each code point is one.

use parlor_model::{Field, Refusal};
use unicode_normalization::UnicodeNormalization;

/// The length a password may have, in characters.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=1024;
/// How many bytes a password may have before it is composed. No password that is short enough has more.
const MAX_BYTES: usize = 16 * 1024;

/// A new password in the form in which it is hashed.
///
/// # Errors
/// [`Refusal::Invalid`] if it is too short or too long.
pub(crate) fn chosen(password: &str) -> Result<String, Refusal> {
    let composed = (password.len() <= MAX_BYTES).then(|| composed(password));
    composed.filter(|password| LENGTH.contains(&password.chars().count())).ok_or_else(|| {
        let reason = format!("it must have {} to {} characters", LENGTH.start(), LENGTH.end());
        Refusal::invalid(Field::Password, reason)
    })
}

/// What a given password may have been hashed as: first in the form of today; then, for hashes from before there was one,
/// as it came and decomposed. `None` if it is longer than any password can be.
pub(super) fn given(password: &str) -> Option<Vec<String>> {
    if password.len() > MAX_BYTES {
        return None;
    }
    let mut forms = vec![composed(password)];
    for form in [password.to_owned(), password.nfd().collect()] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    Some(forms)
}

fn composed(password: &str) -> String {
    let is_blank = |character: char| {
        character.is_whitespace() && !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}')
    };
    password.chars().map(|character| if is_blank(character) { ' ' } else { character }).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyboard_gives_one_form() {
        for (one, other) in [
            ("\u{e9}abcdefg", "e\u{301}abcdefg"),
            ("한국어비밀번호임", "한국어비밀번호임"),
            ("correct horse", "correct\u{a0}horse"),
            ("correct\u{3000}horse", "correct\u{2003}horse"),
            ("việt nam", "vie\u{323}\u{302}t nam"),
        ] {
            assert_eq!(chosen(one), chosen(other), "{one} {other}");
            assert!(chosen(one).is_ok(), "{one}");
        }
        // Case and width are the person's own.
        assert_ne!(chosen("ABCDEFGH"), chosen("abcdefgh"));
        assert_ne!(chosen("ＡＢＣＤＥＦＧＨ"), chosen("ABCDEFGH"));
    }

    #[test]
    fn characters_are_counted() {
        for (password, fits) in [
            ("1234567", false),
            ("12345678", true),
            ("😀😀", false),
            ("😀😀😀😀😀😀😀😀", true),
            ("ééééééé", false),
            ("e\u{301}e\u{301}e\u{301}e\u{301}", false),
            ("密码密码密码密码", true),
        ] {
            assert_eq!(chosen(password).is_ok(), fits, "{password}");
        }
        assert!(chosen(&"é".repeat(1_024)).is_ok());
        assert!(chosen(&"e\u{301}".repeat(1_024)).is_ok());
        assert!(chosen(&"é".repeat(1_025)).is_err());
        assert!(chosen(&"ﷺ".repeat(90_000)).is_err());
        assert!(given(&"ﷺ".repeat(90_000)).is_none());
    }

    #[test]
    fn what_was_hashed_before_is_tried_after_what_is_hashed_now() {
        assert_eq!(given("plain text").unwrap(), ["plain text"]);
        assert_eq!(given("\u{e9}").unwrap(), ["\u{e9}", "e\u{301}"]);
        assert_eq!(given("e\u{301}").unwrap(), ["\u{e9}", "e\u{301}"]);
        assert_eq!(given("a\u{a0}b").unwrap(), ["a b", "a\u{a0}b"]);
    }
}

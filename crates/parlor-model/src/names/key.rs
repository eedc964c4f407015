//! What names are compared by, and the small letters that they are compared in.

use icu_properties::CodePointSetData;
use icu_properties::props::SoftDotted;
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use super::characters::is_blank;

/// What a name is compared by. Equal keys look alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameKey(String);

impl NameKey {
    /// Of which version the rule is that makes keys. Rows keep keys: another number here has those of all rooms and
    /// users made anew at the next start.
    pub const VERSION: u32 = 2;

    /// The key of a text whose case says nothing: of its lower-case form.
    pub fn of(text: &str) -> Self {
        Self::folded(&folded(&plain(text)))
    }

    /// The key of a text that is shown in the case it is written in. Some letters look like others in upper case only:
    /// Cyrillic `Т` is a `T` to the eye, its small form `т` no `t`. So this one looks first and folds then; it misses
    /// what [`NameKey::of`] finds (`СКОРЕ` and `скоре`), therefore such a name is compared by both.
    pub(super) fn as_written(text: &str) -> Self {
        let looks: String = skeleton(&plain(text)).collect();
        Self::folded(&folded(&looks))
    }

    /// The skeleton may bring upper case back (it maps a lower-case letter to a look-alike capital), and folding that may
    /// make a new look-alike. Twice is a fixed point for every name we accept; a test holds it to that.
    fn folded(text: &str) -> Self {
        let once: String = folded(&skeleton(text).collect::<String>());
        Self(skeleton(&once).collect())
    }

    /// The key, as it stands in a unique index.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text in its one spelling: NFKC, lower case. A capital `İ` becomes an `i` without the dot that Unicode would leave
/// on it as a mark of its own: it can't be seen there, and no `i` is typed like that.
pub(super) fn lower_case(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let mut after_dot = false;
    let without_dots = lower.chars().filter(|&character| {
        let is_stray = after_dot && character == '\u{307}';
        after_dot = CodePointSetData::new::<SoftDotted>().contains(character) || is_stray;
        !is_stray
    });
    without_dots.nfkc().collect()
}

/// The vowel “am” of Thai and Lao as it is typed. NFKC takes it apart, and then its ring would stand above the tone and not
/// below.
pub(super) fn with_whole_vowels(text: &str) -> String {
    text.replace("\u{e4d}\u{e32}", "\u{e33}").replace("\u{ecd}\u{eb2}", "\u{eb3}")
}

/// The lower case that names are compared in: the two small sigmas are one letter.
fn folded(text: &str) -> String {
    lower_case(text).replace('ς', "σ")
}

/// A text with one space where it has blanks. The letters of a flag, which the skeleton would drop, become those that
/// they stand for: two countries are no look-alikes.
fn plain(text: &str) -> String {
    let shown = text.nfkc().map(|character| match character {
        '\u{e0021}'..='\u{e007e}' => char::from_u32(u32::from(character) - 0xe0000).unwrap_or(character),
        other => other,
    });
    one_blank(shown)
}

/// Makes each run of blanks, of whatever width, one space; those at the ends fall away.
pub(super) fn one_blank(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut waiting = false;
    for character in text {
        if is_blank(character) {
            waiting = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut waiting) {
            out.push(' ');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_share_a_key() {
        for (one, other) in [
            ("paypal", "раураl"),
            ("admin", "аdmin"),
            ("bill", "bi1l"),
            ("scope", "ѕсоре"),
            ("rn", "m"),
            ("a b", "a  b"),
            ("a b", " a\u{2003}\u{a0}b "),
            ("a b", "a\u{3000}b"),
            ("İstanbul", "istanbul"),
            ("ΟΔΟΣ", "οδος"),
            ("οδοσ", "οδος"),
            ("علی\u{200c}رضا", "علیرضا"),
            ("☕\u{fe0f}", "☕"),
        ] {
            assert_eq!(NameKey::of(one), NameKey::of(other), "{one} {other}");
        }
        for (one, other) in [
            ("ada", "eve"),
            ("a b", "ab"),
            (
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
                "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            ),
        ] {
            assert_ne!(NameKey::of(one), NameKey::of(other), "{one} {other}");
        }
    }

    #[test]
    fn lower_case_leaves_no_stray_dot() {
        for (text, expected) in [
            ("İstanbul", "istanbul"),
            ("I\u{307}stanbul", "istanbul"),
            ("DİYARBAKIR", "diyarbakir"),
            ("Żółć", "żółć"),
            ("ΟΔΟΣ ΟΔΟΣ", "οδος οδος"),
            ("ＡＤＡ", "ada"),
            ("Straße", "straße"),
        ] {
            assert_eq!(lower_case(text), expected, "{text}");
            assert_eq!(lower_case(expected), expected, "{text}");
        }
    }
}

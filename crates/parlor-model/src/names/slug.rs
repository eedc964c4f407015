//! The addresses of rooms.

use icu_properties::props::GeneralCategory;

use unicode_normalization::UnicodeNormalization;

use super::characters::{category, is_ignorable, is_mark};
use super::key::{lower_case, with_whole_vowels};
use super::{RoomName, text_type};

/// The longest address that a room's name can give, in bytes: 64 characters of which each becomes eighteen.
const MAX_BYTES: usize = 8_192;

/// A room's address: lower-case letters and digits of any script with their marks, and single hyphens between.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);
text_type!(Slug);

impl Slug {
    /// Makes an address from a room's name, with `suffix` behind a hyphen if there is one. A name without a letter or
    /// digit gives `room`.
    pub fn from_name(name: &RoomName, suffix: Option<&str>) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut goes_on = false;
        for character in spelled(name.as_str()).chars() {
            let belongs = character.is_alphanumeric() || is_mark(character);
            // A mark continues a word and begins none.
            let begins = belongs && !is_mark(character);
            match words.last_mut() {
                Some(word) if goes_on && belongs => word.push(character),
                _ if begins => words.push(character.into()),
                _ => {}
            }
            goes_on = belongs && (goes_on || begins);
        }
        let mut slug = if words.is_empty() { "room".to_owned() } else { words.join("-") };
        if let Some(suffix) = suffix {
            slug.push('-');
            slug.push_str(suffix);
        }
        Self(slug)
    }

    /// A slug from an address somebody typed. It need not exist; one that can't be a room's is that of none.
    pub fn typed(text: &str) -> Self {
        let can_be = text.len() <= MAX_BYTES && !text.contains(char::is_control);
        Self(if can_be { spelled(text) } else { String::new() })
    }

    /// The same address as earlier versions spelled it, with vowels of Thai and Lao taken apart. Rooms keep the address
    /// that they were made with. `None` if there is no difference.
    pub fn former(&self) -> Option<Self> {
        let former: String = self.0.nfkc().collect();
        (former != self.0).then_some(Self(former))
    }
}

/// A text as addresses spell it: in lower case, without what can't be typed or seen.
fn spelled(text: &str) -> String {
    let lower = lower_case(text);
    let is_typed = |character: &char| {
        !is_ignorable(*character) && category(*character) != GeneralCategory::EnclosingMark
    };
    with_whole_vowels(&lower.chars().filter(is_typed).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(name: &str, suffix: Option<&str>) -> String {
        Slug::from_name(&RoomName::new(name).unwrap(), suffix).0
    }

    #[test]
    fn slugs_are_addresses() {
        for (name, expected) in [
            ("#General Talk!", "general-talk"),
            ("!!!", "room"),
            ("हिन्दी", "हिन्दी"),
            ("İstanbul", "istanbul"),
            ("ΟΔΟΣ", "οδος"),
            ("ไทย ใหม่", "ไทย-ใหม่"),
            ("น\u{e49}\u{e33}ตก", "น\u{e49}\u{e33}ตก"),
            ("ນ\u{ec9}\u{eb3}", "ນ\u{ec9}\u{eb3}"),
            ("ຄ\u{ecd}\u{eb2}", "ຄ\u{eb3}"),
            ("தமிழ் மன்றம்", "தமிழ்-மன்றம்"),
            ("علی\u{200c}رضا", "علیرضا"),
            ("سَلام", "سَلام"),
            ("Ada\u{301} b", "adá-b"),
            ("1\u{fe0f}\u{20e3} Tea ☕\u{fe0f}", "1-tea"),
            ("👩\u{200d}💻", "room"),
            ("a ~\u{301} b", "a-b"),
            ("ＡＢＣ", "abc"),
        ] {
            assert_eq!(slug(name, None), expected, "{name}");
            assert_eq!(Slug::typed(name).as_str(), spelled(name), "{name}");
            assert_eq!(Slug::typed(expected).as_str(), expected, "{name}");
        }
        assert_eq!(slug("Отдел 7", Some("2")), "отдел-7-2");
    }

    #[test]
    fn addresses_from_before_are_known() {
        let vowels = Slug::typed("น\u{e49}\u{e33}");
        assert_eq!(vowels.former(), Some(Slug::stored("น\u{e49}\u{e4d}\u{e32}".into())));
        for same in ["general", "हिन्दी", "adá-b", ""] {
            assert_eq!(Slug::typed(same).former(), None, "{same}");
        }
    }

    #[test]
    fn what_can_be_no_address_is_that_of_no_room() {
        assert_eq!(Slug::typed("a\0b").as_str(), "");
        assert_eq!(Slug::typed(&"ﷺ".repeat(90_000)).as_str(), "");
    }
}

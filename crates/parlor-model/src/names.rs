//! What users, rooms and their addresses may be called: one rule for every script.
//!
//! Two names that a person can't tell apart are the same name: uniqueness is decided by [`NameKey`], the skeleton of
//! UTS 39 over the NFKC form. What can't be seen is refused, except where it does something that can; blanks are one
//! space, whatever their width and number.

mod characters;
mod key;
mod reserved;
mod slug;

use icu_properties::CodePointSetData;
use icu_properties::props::{GeneralCategoryGroup, XidContinue};
use unicode_normalization::UnicodeNormalization;
use unicode_security::general_security_profile::IdentifierType;
use unicode_security::{GeneralSecurityProfile, MixedScript};

use self::characters::{
    JOINER, NON_JOINER, category, is_hidden, is_mark, is_needed_joiner, is_needed_non_joiner, may_stand,
    misplaced,
};
use self::key::{lower_case, one_blank, with_whole_vowels};
use crate::refusal::{Field, Refusal};
use crate::sort_key::SortKey;

pub use self::key::NameKey;
pub use self::slug::Slug;

/// How many bytes a text may have for each character that it may hold. It is looked at before anything else is done
/// with a text: what is longer can't be right, however it is composed.
const BYTES_A_CHARACTER: usize = 16;

/// True if the text has a letter, a digit or a symbol: something to see.
fn is_visible(text: &str) -> bool {
    text.chars().any(|character| !character.is_whitespace() && !is_hidden(character) && !is_mark(character))
}

/// Checks a name that people write freely: `max` characters, NFC, single spaces, nothing hidden.
pub(crate) fn free_text(text: &str, field: Field, min: usize, max: usize) -> Result<String, Refusal> {
    let bounds = || Refusal::invalid(field, format!("it must have {min} to {max} characters"));
    if text.len() > max * BYTES_A_CHARACTER {
        return Err(bounds());
    }
    let text = one_blank(text.trim().nfc());
    if let Some(character) = misplaced(&text) {
        let reason = format!(
            "it contains an invisible or control character where it does nothing (U+{:04X})",
            u32::from(character)
        );
        return Err(Refusal::invalid(field, reason));
    }
    let length = text.chars().count();
    if length < min || length > max || (min > 0 && !is_visible(&text)) {
        return Err(bounds());
    }
    if text.starts_with(is_mark) {
        return Err(Refusal::invalid(field, "it begins with a mark that has no letter"));
    }
    Ok(text)
}

macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// A value from a row, which was checked when it came.
            pub fn stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}
pub(crate) use text_type;

/// The name to sign in with and to be mentioned by: 2 to 32 letters with their marks, digits and `.`, `_`, `-`, in one
/// script.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);
text_type!(Username);

impl Username {
    /// The longest text that can be a username, in bytes, however it is composed.
    pub const MAX_BYTES: usize = 32 * BYTES_A_CHARACTER;

    /// Checks a username and puts it into its one spelling: NFKC, lower case.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let invalid = |reason: &str| Err(Refusal::invalid(Field::Username, reason));
        if text.len() > Self::MAX_BYTES {
            return invalid("it must have 2 to 32 characters");
        }
        let text = lower_case(text.trim());
        let length = text.chars().count();
        if !(2..=32).contains(&length) {
            return invalid("it must have 2 to 32 characters");
        }
        if !holds_username_characters_only(&text) {
            return invalid("it may hold letters, digits and . _ - only");
        }
        let is_letter_or_digit = |character: char| character.is_alphanumeric() && !is_mark(character);
        if !text.starts_with(is_letter_or_digit) {
            return invalid("it must begin with a letter or a digit");
        }
        if !text.as_str().is_single_script() {
            return invalid("its letters must come from one script");
        }
        Ok(Self(with_whole_vowels(&text)))
    }

    /// Checks a username that somebody wants to have from now on. Those that say something of everybody or of the
    /// server are reserved; whoever has one from before keeps it.
    pub fn chosen(text: &str) -> Result<Self, Refusal> {
        let username = Self::new(text)?;
        if reserved::is_reserved(&username.0) {
            return Err(Refusal::invalid(Field::Username, "it is reserved"));
        }
        Ok(username)
    }

    /// What the name is compared by.
    pub fn key(&self) -> NameKey {
        NameKey::of(&self.0)
    }
}

/// True if a text holds nothing but what continues a word in a script that is in use (UTS 39, UAX 31), joiners where
/// the script needs them, and `.`, `_`, `-`.
fn holds_username_characters_only(text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    (0..text.len()).all(|place| {
        let (before, after) = (&text[..place], &text[place + 1..]);
        match text[place] {
            '.' | '_' | '-' => true,
            NON_JOINER => is_needed_non_joiner(before, after),
            JOINER => is_needed_joiner(before, after),
            '\u{180b}'..='\u{180f}' => may_stand(&text, place),
            other => is_word_character(other),
        }
    })
}

fn is_word_character(character: char) -> bool {
    // Between syllables and in abbreviations, Tibetan and Hebrew have signs of their own.
    let continues = CodePointSetData::new::<XidContinue>().contains(character)
        || matches!(character, '\u{f0b}' | '\u{5f3}' | '\u{5f4}');
    let is_in_use = matches!(
        character.identifier_type(),
        Some(
            IdentifierType::Recommended
                | IdentifierType::Inclusion
                | IdentifierType::Limited_Use
                | IdentifierType::Uncommon_Use
        )
    ) || is_missed(character);
    let is_punctuation = GeneralCategoryGroup::Punctuation.contains(category(character));
    continues && is_in_use && !is_hidden(character) && !(is_punctuation && character.is_ascii())
}

/// Letters that people write their names in although UTS 39 does not count them among those in use: of Mongolian, and Greek
/// ones with all their accents.
fn is_missed(character: char) -> bool {
    matches!(character, '\u{1820}'..='\u{18aa}' | '\u{1f00}'..='\u{1ffc}')
}

/// The name that stands beside messages: 1 to 64 characters, nothing hidden.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DisplayName(String);
text_type!(DisplayName);

impl DisplayName {
    /// Checks a display name.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        free_text(text, Field::DisplayName, 1, 64).map(Self)
    }

    /// What the name is compared by.
    pub fn key(&self) -> NameKey {
        NameKey::of(&self.0)
    }
}

impl From<&Username> for DisplayName {
    fn from(username: &Username) -> Self {
        Self(username.0.clone())
    }
}

/// The name of a room: 1 to 64 characters, nothing hidden.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoomName(String);
text_type!(RoomName);

impl RoomName {
    /// Checks a room's name. A leading `#` is decoration and falls away, unless it is part of a key (#️⃣).
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let mut text = text.trim();
        while let Some(rest) =
            text.strip_prefix('#').filter(|rest| !rest.starts_with(['\u{fe0f}', '\u{20e3}']))
        {
            text = rest;
        }
        free_text(text, Field::Name, 1, 64).map(Self)
    }

    /// What the name is compared by, whatever its case.
    pub fn key(&self) -> NameKey {
        NameKey::of(&self.0)
    }

    /// What rooms are listed by.
    pub fn sort_key(&self) -> SortKey {
        SortKey::of(&self.0)
    }

    /// What the name is compared by as well: how it looks in the case in which it is shown.
    pub fn written_key(&self) -> NameKey {
        NameKey::as_written(&self.0)
    }
}

/// What a room is about: up to 250 characters, nothing hidden; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Topic(String);
text_type!(Topic);

impl Topic {
    /// Checks a topic.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        free_text(text, Field::Topic, 0, 250).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usernames_have_one_spelling() {
        assert_eq!(Username::new(" Ada_L ").map(|name| name.0), Ok("ada_l".into()));
        assert_eq!(Username::new("ＡＤＡ").map(|name| name.0), Ok("ada".into()));
        assert_eq!(Username::new("жанна").map(|name| name.0), Ok("жанна".into()));
        assert_eq!(Username::new("İstanbul").map(|name| name.0), Ok("istanbul".into()));
        assert_eq!(Username::new("น\u{e49}\u{e33}").map(|name| name.0), Ok("น\u{e49}\u{e33}".into()));
        assert_eq!(Username::new("ຄ\u{ecd}\u{eb2}").map(|name| name.0), Ok("ຄ\u{eb3}".into()));
        assert_eq!(Username::new("ΟΔΥΣΣΕΥΣ").map(|name| name.0), Ok("οδυσσευς".into()));
    }

    #[test]
    fn usernames_are_written_in_every_script() {
        for name in [
            "हिन्दी",
            "தமிழ்",
            "ไทยใหม่",
            "ខ្មែរ",
            "မြန်မာ",
            "বাংলা",
            "മലയാളം",
            "සිංහල",
            "བོད་ཡིག",
            "עברית",
            "עִברית",
            "سَلام",
            "فارسی",
            "علی\u{200c}رضا",
            "ශ්\u{200d}රී",
            "한국어",
            "日本語",
            "ひらがな",
            "ქართული",
            "հայերեն",
            "አማርኛ",
            "ᏣᎳᎩ",
            "ߒߞߏ",
            "ᮞᮥᮔ᮪ᮓ",
            "ꦗꦮ",
            "col·lega",
            "naïve",
            "żółć",
            "e\u{301}va",
            "việt",
            "a1_b-c.d",
            "ɗan",
            "ᠮᠣᠩᠭᠣᠯ",
            "ᠪᠤᠯ\u{180e}ᠠ",
            "ᠮᠣᠩᠭ\u{180b}ᠣᠯ",
            "Ἀθηνᾶ",
            "ΜΟΥΣΑΙΟΣ",
            "ދިވެހި",
            "𞤀𞤣𞤤𞤢𞤥",
            "ⵜⴰⵎⴰⵣⵉⵖⵜ",
            "ᐃᓄᒃᑎᑐᑦ",
            "ꆈꌠ",
            "ܣܘܪܝܝܐ",
            "佐々木",
            "ヶ丘",
            "थे१२",
        ] {
            let name = Username::new(name).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            assert_eq!(Username::new(&name.0), Ok(name.clone()), "{name} has one spelling");
        }
    }

    #[test]
    fn reserved_names_are_nobodys_choice_and_still_sign_in() {
        for name in ["all", "Here", "ROOM", "everyone", "channel", "admin", "system", "ALL."] {
            assert!(Username::chosen(name).is_err(), "{name}");
        }
        assert!(Username::new("admin").is_ok());
        assert!(Username::chosen("ada").is_ok());
    }

    #[test]
    fn length_comes_before_anything_dear() {
        let dear = "ﷺ".repeat(90_000);
        assert!(Username::new(&dear).is_err());
        assert!(DisplayName::new(&dear).is_err());
        assert!(RoomName::new(&dear).is_err());
        assert!(Topic::new(&dear).is_err());
        // What is long only because it is not composed yet is as long as it looks.
        let composed = "e\u{301}".repeat(64);
        assert_eq!(DisplayName::new(&composed).map(|name| name.0.chars().count()), Ok(64));
        assert!(DisplayName::new(&"e\u{301}".repeat(65)).is_err());
    }

    #[test]
    fn runs_of_blanks_are_one_space() {
        for (name, expected) in [
            ("a  b", "a b"),
            ("a\u{a0}\u{2003}b", "a b"),
            ("山田\u{3000}太郎", "山田 太郎"),
            ("  a   b  c ", "a b c"),
        ] {
            assert_eq!(RoomName::new(name).map(|name| name.0), Ok(expected.into()), "{name:?}");
            assert_eq!(DisplayName::new(name).map(|name| name.0), Ok(expected.into()), "{name:?}");
        }
        assert_eq!(RoomName::new("##general").map(|name| name.0), Ok("general".into()));
        assert_eq!(RoomName::new("#\u{fe0f}\u{20e3} a").map(|name| name.0), Ok("#\u{fe0f}\u{20e3} a".into()));
    }

    #[test]
    fn bad_usernames_are_refused() {
        let long = "x".repeat(33);
        for name in [
            "",
            "a",
            long.as_str(),
            "-ada",
            "a b",
            "a/b",
            "a\u{202e}b",
            "a\u{200d}b",
            "ada\0",
            "раypal",
            "ad\u{e0041}a",
            "<b>",
            "a\u{200c}b",
            "\u{94d}क",
            "ad☕",
            "a\u{fe0f}",
            "a\u{34f}b",
            "हिaन",
            "ᠮ\u{180e}",
            "a\u{180b}b",
            "ᠮa",
        ] {
            assert!(Username::new(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn capitals_that_look_alike_share_the_written_key() {
        let name = |text: &str| RoomName::new(text).unwrap();
        for (one, other) in [("Теа", "Tea"), ("ΝΕΤ", "Net"), ("Ian", "lan"), ("ТЕАМ НВ", "team hb")]
        {
            assert_ne!(name(one).key(), name(other).key(), "{one} {other}");
            assert_eq!(name(one).written_key(), name(other).written_key(), "{one} {other}");
        }
        for (one, other) in [("СКОРЕ", "скоре"), ("Scope", "ѕсоре")] {
            assert_eq!(name(one).key(), name(other).key(), "{one} {other}");
        }
        for (one, other) in [("Elia", "Eila"), ("том", "tom"), ("Team", "Teams"), ("net", "vet")] {
            assert_ne!(name(one).key(), name(other).key(), "{one} {other}");
            assert_ne!(name(one).written_key(), name(other).written_key(), "{one} {other}");
        }
    }

    #[test]
    fn display_names_keep_what_people_write() {
        for name in [
            "Ada Lovelace",
            "李雷",
            "عمر",
            "J|m`[x]_9",
            "🦊 fox",
            "O’Neil",
            "☕\u{fe0f}",
            "👩\u{200d}💻 Ada",
            "علی\u{200c}رضا",
            "हिन्दी",
            "葛\u{e0100}城",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "1\u{fe0f}\u{20e3}",
            "( \u{361}° \u{35c}ʖ \u{361}°)",
        ] {
            assert_eq!(DisplayName::new(name).map(|name| name.0), Ok(name.into()));
        }
    }

    #[test]
    fn hidden_characters_are_refused_by_name() {
        for name in [
            "a\u{202e}b",
            "\u{200b}",
            "a\nb",
            "a\u{7}",
            "\u{3164}",
            "a\u{2066}b",
            "\u{feff}x",
            "a\u{200d}b",
            "a\u{200c}b",
            "a\u{fe0f}b",
            "a\u{e0067}b",
        ] {
            assert!(DisplayName::new(name).is_err(), "{name:?}");
            assert!(RoomName::new(name).is_err(), "{name:?}");
            assert!(Topic::new(&format!("x{name}x")).is_err(), "{name:?}");
        }
        assert!(DisplayName::new("   ").is_err());
        assert!(DisplayName::new("\u{301}").is_err());
        assert!(DisplayName::new(" \u{301}a").is_err());
        assert!(Topic::new("").is_ok());
    }

    proptest! {
        #[test]
        fn a_username_has_one_spelling_and_its_key_is_its_own_key(text in "[\\p{L}\\p{M}\\p{N}._-]{1,32}") {
            if let Ok(name) = Username::new(&text) {
                let key = name.key();
                prop_assert_eq!(NameKey::of(key.as_str()), key);
                prop_assert_eq!(Username::new(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn a_room_has_one_name_and_one_address(text in "[\\p{L}\\p{M}\\p{N}\\p{Zs}\\p{S}#!-]{1,64}") {
            if let Ok(name) = RoomName::new(&text) {
                let slug = Slug::from_name(&name, None);
                prop_assert_eq!(Slug::typed(slug.as_str()), slug);
                prop_assert!(!name.key().as_str().is_empty() && !name.written_key().as_str().is_empty());
                prop_assert_eq!(RoomName::new(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = (Username::new(&text), DisplayName::new(&text), RoomName::new(&text), Topic::new(&text));
        }
    }
}

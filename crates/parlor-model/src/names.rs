//! What users, rooms and their addresses may be called.
//!
//! Two names that a person can't tell apart are the same name: uniqueness is decided by [`NameKey`], the skeleton of
//! UTS 39 over the NFKC form. Control, bidirectional and invisible characters are refused everywhere.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;
use unicode_security::{GeneralSecurityProfile, MixedScript};

use crate::refusal::{Field, Refusal};

/// What a name is compared by. Equal keys look alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameKey(String);

impl NameKey {
    /// The key of a text whose case says nothing: of its lower-case form.
    pub fn of(text: &str) -> Self {
        let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
        Self::folded(&folded)
    }

    /// The key of a text that is shown in the case it is written in. Some letters look like others in upper case only:
    /// Cyrillic `Т` is a `T` to the eye, its small form `т` no `t`. So this one looks first and folds then; it misses
    /// what [`NameKey::of`] finds (`СКОРЕ` and `скоре`), therefore such a name is compared by both.
    fn as_written(text: &str) -> Self {
        let composed: String = text.nfkc().collect();
        Self::folded(&skeleton(&composed).flat_map(char::to_lowercase).collect::<String>())
    }

    /// The skeleton may bring upper case back (it maps a lower-case letter to a look-alike capital), and folding that may
    /// make a new look-alike. Twice is a fixed point for every name we accept; a test holds it to that.
    fn folded(text: &str) -> Self {
        let once: String = skeleton(text).flat_map(char::to_lowercase).collect();
        Self(skeleton(&once).collect())
    }

    /// The key, as it stands in a unique index.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// True for characters that no name may hold: controls, line breaks, direction marks and other invisible ones, and
/// those that Unicode has not given a meaning.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
            | '\u{e000}'..='\u{f8ff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
}

/// True if the text has a letter, a digit or a symbol: something to see.
fn is_visible(text: &str) -> bool {
    text.chars().any(|character| !character.is_whitespace() && !is_hidden(character))
}

/// Checks a name that people write freely: `max` characters, NFC, single spaces, nothing hidden.
pub(crate) fn free_text(text: &str, field: Field, min: usize, max: usize) -> Result<String, Refusal> {
    let text: String = text.trim().nfc().collect();
    if let Some(character) = text.chars().find(|&character| is_hidden(character)) {
        let reason =
            format!("it contains an invisible or control character (U+{:04X})", u32::from(character));
        return Err(Refusal::invalid(field, reason));
    }
    let length = text.chars().count();
    if length < min || length > max || (min > 0 && !is_visible(&text)) {
        return Err(Refusal::invalid(field, format!("it must have {min} to {max} characters")));
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

/// The name to sign in with and to be mentioned by: 2 to 32 letters, digits and `.`, `_`, `-`, in one script.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);
text_type!(Username);

impl Username {
    /// Checks a username and puts it into its one spelling: NFKC, lower case.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        let invalid = |reason: &str| Err(Refusal::invalid(Field::Username, reason));
        let text: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
        let length = text.chars().count();
        if !(2..=32).contains(&length) {
            return invalid("it must have 2 to 32 characters");
        }
        let allowed = |character: char| {
            matches!(character, '.' | '_' | '-')
                || (character.is_alphanumeric() && character.identifier_allowed() && !is_hidden(character))
        };
        if !text.chars().all(allowed) {
            return invalid("it may hold letters, digits and . _ - only");
        }
        if !text.starts_with(char::is_alphanumeric) {
            return invalid("it must begin with a letter or a digit");
        }
        if !text.as_str().is_single_script() {
            return invalid("its letters must come from one script");
        }
        Ok(Self(text))
    }

    /// What the name is compared by.
    pub fn key(&self) -> NameKey {
        NameKey::of(&self.0)
    }
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
    /// Checks a room's name. A leading `#` is decoration and falls away.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        free_text(text.trim().trim_start_matches('#'), Field::Name, 1, 64).map(Self)
    }

    /// What the name is compared by, whatever its case; it also gives the rooms their order.
    pub fn key(&self) -> NameKey {
        NameKey::of(&self.0)
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

/// A room's address: lower-case letters and digits of any script, with single hyphens between.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);
text_type!(Slug);

impl Slug {
    /// Makes an address from a room's name, with `suffix` behind a hyphen if there is one. A name without a letter or
    /// digit gives `room`.
    pub fn from_name(name: &RoomName, suffix: Option<&str>) -> Self {
        let folded: String = name.0.nfkc().flat_map(char::to_lowercase).collect();
        let words: Vec<&str> = folded
            .split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut slug = if words.is_empty() { "room".to_owned() } else { words.join("-") };
        if let Some(suffix) = suffix {
            slug.push('-');
            slug.push_str(suffix);
        }
        Self(slug)
    }

    /// A slug from an address somebody typed. It need not exist.
    pub fn typed(text: &str) -> Self {
        Self(text.nfkc().flat_map(char::to_lowercase).collect())
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
        ] {
            assert!(Username::new(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn look_alikes_share_a_key() {
        for (one, other) in
            [("paypal", "раураl"), ("admin", "аdmin"), ("bill", "bi1l"), ("scope", "ѕсоре"), ("rn", "m")]
        {
            assert_eq!(NameKey::of(one), NameKey::of(other), "{one} {other}");
        }
        assert_ne!(NameKey::of("ada"), NameKey::of("eve"));
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
        for name in ["Ada Lovelace", "李雷", "عمر", "J|m`[x]_9", "🦊 fox", "O’Neil"] {
            assert_eq!(DisplayName::new(name).map(|name| name.0), Ok(name.into()));
        }
    }

    #[test]
    fn hidden_characters_are_refused_by_name() {
        for name in ["a\u{202e}b", "\u{200b}", "a\nb", "a\u{7}", "\u{3164}", "a\u{2066}b", "\u{feff}x"] {
            assert!(DisplayName::new(name).is_err(), "{name:?}");
            assert!(RoomName::new(name).is_err(), "{name:?}");
            assert!(Topic::new(&format!("x{name}x")).is_err(), "{name:?}");
        }
        assert!(DisplayName::new("   ").is_err());
        assert!(Topic::new("").is_ok());
    }

    #[test]
    fn slugs_are_addresses() {
        let slug = |name: &str, suffix| RoomName::new(name).map(|name| Slug::from_name(&name, suffix).0);
        assert_eq!(slug("#General Talk!", None), Ok("general-talk".into()));
        assert_eq!(slug("Отдел 7", Some("2")), Ok("отдел-7-2".into()));
        assert_eq!(slug("!!!", None), Ok("room".into()));
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in "[\\p{L}\\p{N}._-]{1,32}") {
            if let Ok(name) = Username::new(&text) {
                let key = name.key();
                prop_assert_eq!(NameKey::of(key.as_str()), key);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = (Username::new(&text), DisplayName::new(&text), RoomName::new(&text), Topic::new(&text));
        }
    }
}

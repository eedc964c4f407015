//! The order in which names are listed. It says nothing about whether two names look alike: that is [`NameKey`]'s.
//!
//! [`NameKey`]: crate::NameKey

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Stands between the parts of a key. Lower than all that a name can hold, so that the shorter of two names comes first.
const END: char = '\u{1}';
/// Stands before a blank, a mark or a symbol: they come before digits.
const SIGN: char = '\u{2}';
/// Stands before a number: numbers come before letters.
const NUMBER: char = '\u{3}';

/// What names are ordered by, compared byte by byte: without case and accents first, numbers by their value. Names that
/// are equal so far are ordered by their accents, and then by how they are written.
///
/// It is the order that people's own collations have in common. A client that knows its reader's language may order what
/// it has by that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey(String);

impl SortKey {
    /// The key of a name.
    pub fn of(name: &str) -> Self {
        let folded: Vec<char> = name.nfkd().flat_map(char::to_lowercase).nfkd().collect();
        let mut key = String::with_capacity(name.len() * 3);
        write_plain(&mut key, &folded);
        key.push(END);
        key.extend(folded);
        key.push(END);
        key.push_str(name);
        Self(key)
    }

    /// The key, as it stands in an index.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text without accents, with numbers as [`write_number`] has them.
fn write_plain(key: &mut String, folded: &[char]) {
    let mut rest = folded;
    while let Some((&character, after)) = rest.split_first() {
        let digits = rest.iter().take_while(|character| digit(**character).is_some()).count();
        if digits > 0 {
            let (number, after) = rest.split_at(digits);
            write_number(key, number);
            rest = after;
            continue;
        }
        rest = after;
        match character {
            accent if is_accent(accent) => {}
            'ß' => key.push_str("ss"),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            'ø' => key.push('o'),
            'ł' => key.push('l'),
            'ı' => key.push('i'),
            'ς' => key.push('σ'),
            letter if letter.is_alphanumeric() || is_vowel_sign(letter) => key.push(letter),
            sign => key.extend([SIGN, sign]),
        }
    }
}

/// Numbers of more digits are greater; of as many, those with the greater first digit. Zeros before them do not count.
fn write_number(key: &mut String, digits: &[char]) {
    let mut values = digits.iter().filter_map(|character| digit(*character)).peekable();
    while values.next_if_eq(&0).is_some() {}
    let values: String = values.map(|value| char::from(b'0' + value)).collect();
    key.push(NUMBER);
    // A name has at most some thousand digits; each length is a character of its own, in their order.
    let length = u32::try_from(values.len()).unwrap_or(u32::MAX);
    key.push(char::from_u32(0x20 + length).unwrap_or(char::REPLACEMENT_CHARACTER));
    key.push_str(&values);
}

/// The value of a decimal digit. Those of a script stand in a row, from zero to nine.
fn digit(character: char) -> Option<u8> {
    let is_digit = |one: char| one.general_category() == GeneralCategory::DecimalNumber;
    let at = |back: u8| char::from_u32(u32::from(character).checked_sub(back.into())?);
    if character.is_ascii() || !is_digit(character) {
        return u8::try_from(character.to_digit(10)?).ok();
    }
    (0..10).take_while(|back| at(*back).is_some_and(is_digit)).last()
}

/// Marks that only change a letter: what is left is the letter that people look under.
const fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200c}'..='\u{200d}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// Marks that are letters to those who read them, in the scripts of India and their neighbours.
fn is_vowel_sign(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ordered(names: &[&str]) {
        for pair in names.windows(2) {
            assert!(SortKey::of(pair[0]) < SortKey::of(pair[1]), "{} stands before {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn names_stand_where_people_look_for_them() {
        // What looks alike (m and rn, 1 and l) has no part in it.
        ordered(&["1 Welcome", "Kitchen", "Lounge", "Music", "Random", "Rnb"]);
        ordered(&["Room 2", "Room 10", "Room 100", "Rooms"]);
        ordered(&["Alpha", "beta", "Delta", "gamma"]);
        ordered(&["Äpfel 9", "äpfelchen", "apple", "Apples"]);
    }

    #[test]
    fn neither_case_nor_accents_part_what_belongs_together() {
        ordered(&["ada", "Ärger", "Array", "Ässe", "at"]);
        ordered(&["Cafe", "Café", "Café 2", "Café-Z", "Cafes"]);
        ordered(&["Stra\u{df}e 1", "Strasse 2", "Stra\u{df}e 10"]);
        ordered(&["Øl", "Om", "Ör", "oz"]);
        ordered(&["ΌΔΟΣ", "οδος 2", "ΟΔΟΣΑ"]);
    }

    #[test]
    fn numbers_go_by_their_value_in_every_script() {
        ordered(&["2", "10", "0100"]);
        ordered(&["v1.2", "v1.10", "v2.0"]);
        ordered(&["a٢", "a١٠"]);
        ordered(&["क २", "क १०"]);
        for zero in [
            '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '෦', '๐', '໐', '༠', '၀', '០', '᠐', '߀', '꘠', '𞥐',
            '０',
        ] {
            let number = |digits: &[u32]| -> String {
                digits.iter().filter_map(|digit| char::from_u32(u32::from(zero) + digit)).collect()
            };
            ordered(&[&number(&[2]), &number(&[9]), &number(&[1, 0]), &number(&[1, 9])]);
        }
        ordered(&["第２章", "第10章"]);
        ordered(&["a9", "a99999999999999999999", "a100000000000000000000"]);
        ordered(&["007", "8", "09"]);
    }

    #[test]
    fn signs_stand_before_numbers_and_those_before_letters() {
        ordered(&["a", "a b", "a-b", "a1", "ab"]);
        ordered(&["!", "“q”", "☕ tea", "1", "a", "ж", "日本"]);
        ordered(&["हिन", "हिना"]);
    }

    proptest! {
        #[test]
        fn every_name_has_a_key_of_its_own(one in "\\PC{0,20}", other in "\\PC{0,20}") {
            prop_assert_eq!(SortKey::of(&one) == SortKey::of(&other), one == other);
            prop_assert!(!SortKey::of(&one).as_str().contains('\0'));
        }
    }
}

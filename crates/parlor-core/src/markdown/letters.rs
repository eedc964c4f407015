//! What the rules ask of single characters.

use parlor_model::visible::is_visible;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Punctuation of any script, and every mark of ASCII that is no letter or number. The marks of Chinese, Japanese and
/// Korean don't count: there one writes without blanks, so they say nothing about where a word ends.
pub(super) fn is_punctuation(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_punctuation();
    }
    !is_cjk_mark(letter) && letter.general_category_group() == GeneralCategoryGroup::Punctuation
}

fn is_cjk_mark(letter: char) -> bool {
    matches!(letter, '\u{3001}'..='\u{303f}' | '\u{30a0}' | '\u{30fb}' | '\u{fe10}'..='\u{fe1f}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff65}')
}

/// A letter of a script without capitals. Words of most of these scripts stand without blanks between them, or take their
/// endings without one.
pub(super) fn is_caseless(letter: char) -> bool {
    !letter.is_ascii() && letter.is_alphabetic() && !letter.is_lowercase() && !letter.is_uppercase()
}

/// The last letter, sign or blank of a text, without the marks on it and without joiners and selectors behind it: what the
/// eye sees there.
pub(super) fn letter_before(text: &str) -> Option<char> {
    let is_on_letter = |letter: char| !letter.is_whitespace() && (is_mark(letter) || !is_visible(letter));
    text.chars().rev().find(|letter| !is_on_letter(*letter))
}

/// A mark that belongs to the letter before it.
pub(super) fn is_mark(letter: char) -> bool {
    !letter.is_ascii() && letter.general_category_group() == GeneralCategoryGroup::Mark
}

/// True if a word that begins after `before` would only go on.
pub(super) fn continues_word(before: Option<char>) -> bool {
    before.is_some_and(|letter| letter.is_alphanumeric() && !is_caseless(letter))
}

/// True if the first letter of a text is written from right to left.
pub(super) fn begins_right_to_left(text: &str) -> Option<bool> {
    text.chars().find(|letter| letter.is_alphabetic()).map(is_right_to_left)
}

fn is_right_to_left(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_cjk_end_no_word() {
        for (letter, is) in
            [('(', true), ('”', true), ('؟', true), ('।', true), ('「', false), ('）', false), ('。', false)]
        {
            assert_eq!(is_punctuation(letter), is, "{letter}");
        }
        // A picture is neither a letter nor a mark.
        assert!(!is_punctuation('🎉') && !is_punctuation('é'));
    }

    #[test]
    fn scripts_without_capitals() {
        for letter in ['日', '을', 'ไ', 'م', 'ש', 'ह', 'ー'] {
            assert!(is_caseless(letter), "{letter}");
        }
        for letter in ['a', 'É', 'Ж', 'ω', '1', '!', '。'] {
            assert!(!is_caseless(letter), "{letter}");
        }
    }

    #[test]
    fn marks_belong_to_the_letter_before_them() {
        for (text, letter) in [
            ("ไม่", Some('ม')),
            ("अर्थात्", Some('त')),
            ("e\u{301}", Some('e')),
            ("❤\u{fe0f}", Some('❤')),
            ("ខ\u{200b}", Some('ខ')),
            ("a \u{200b}", Some(' ')),
            ("\u{301}", None),
        ] {
            assert_eq!(letter_before(text), letter, "{text:?}");
        }
    }

    #[test]
    fn the_first_letter_gives_the_direction() {
        assert_eq!(begins_right_to_left("1. שלום a"), Some(true));
        assert_eq!(begins_right_to_left("(a) مرحبا"), Some(false));
        assert_eq!(begins_right_to_left("12!"), None);
    }
}

//! What the rules ask of single characters.

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
    fn the_first_letter_gives_the_direction() {
        assert_eq!(begins_right_to_left("1. שלום a"), Some(true));
        assert_eq!(begins_right_to_left("(a) مرحبا"), Some(false));
        assert_eq!(begins_right_to_left("12!"), None);
    }
}

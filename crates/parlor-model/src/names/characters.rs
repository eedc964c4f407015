//! Which characters may stand where in a name, in every script. The data is Unicode's.
//!
//! What can't be seen is refused, except where the eye sees what it does: a joiner where the script needs it (RFC 5892,
//! A.1 and A.2), what makes emoji of other characters (UTS 51), and variants of a letter (ideographs, Mongolian).

use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, EmojiModifier, ExtendedPictographic,
    GeneralCategory, GeneralCategoryGroup, JoiningType, Script, UnifiedIdeograph,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Zero width non-joiner.
pub(super) const NON_JOINER: char = '\u{200c}';
/// Zero width joiner.
pub(super) const JOINER: char = '\u{200d}';
/// Asks for the picture of a character that is a letter or a sign as well.
const AS_PICTURE: char = '\u{fe0f}';
/// Asks for the sign.
const AS_SIGN: char = '\u{fe0e}';
/// What makes a key of a digit: 1️⃣.
const KEYCAP: char = '\u{20e3}';
/// The flag that letters after it, which can't be seen, make a country's.
const BLACK_FLAG: char = '\u{1f3f4}';
/// Ends those letters.
const END_OF_TAGS: char = '\u{e007f}';

pub(super) fn category(character: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(character)
}

/// True for a mark, which is drawn on, around or beside the character before it.
pub(super) fn is_mark(character: char) -> bool {
    GeneralCategoryGroup::Mark.contains(category(character))
}

/// True for a blank of any width.
pub(super) fn is_blank(character: char) -> bool {
    category(character) == GeneralCategory::SpaceSeparator
}

/// True for what Unicode tells programs to draw nothing for: joiners, selectors, fillers, direction marks.
pub(super) fn is_ignorable(character: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// True for characters that mean nothing to the eye: controls, line breaks, whatever is ignorable, signs for what could
/// not be read, and those that Unicode has not given a meaning.
pub(super) fn is_hidden(character: char) -> bool {
    match category(character) {
        GeneralCategory::Control
        | GeneralCategory::Surrogate
        | GeneralCategory::PrivateUse
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => true,
        // Unicode sets places aside for the pictures of coming years.
        GeneralCategory::Unassigned => !is_pictographic(character),
        _ => is_ignorable(character) || matches!(character, '\u{fff9}'..='\u{fffd}' | '\u{2800}'),
    }
}

/// The first character that must not stand where it does.
pub(super) fn misplaced(text: &str) -> Option<char> {
    let text: Vec<char> = text.chars().collect();
    (0..text.len()).find(|&place| !may_stand(&text, place)).map(|place| text[place])
}

/// True if the character there is one that may be in a name at all, and does something where it stands.
pub(super) fn may_stand(text: &[char], place: usize) -> bool {
    let (before, after) = text.split_at(place);
    let [character, after @ ..] = after else {
        return true;
    };
    match *character {
        NON_JOINER => is_needed_non_joiner(before, after),
        JOINER => is_needed_joiner(before, after) || joins_pictures(before, after),
        AS_PICTURE | AS_SIGN => chooses_picture(before, after),
        '\u{fe00}'..='\u{fe0d}' => before.last().is_some_and(|&base| has_variants(base)),
        '\u{e0100}'..='\u{e01ef}' => before.last().is_some_and(|&base| is_ideograph(base)),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => before.last().is_some_and(|&base| is_mongolian(base)),
        '\u{180e}' => {
            [before.last(), after.first()].iter().all(|letter| letter.is_some_and(|&it| is_mongolian(it)))
        }
        '\u{e0020}'..='\u{e007f}' => is_in_flag(text, place),
        other => !is_hidden(other),
    }
}

/// RFC 5892, A.1: behind a sign that takes the vowel away, or between two letters that would join otherwise.
pub(super) fn is_needed_non_joiner(before: &[char], after: &[char]) -> bool {
    let joining = |character: &char| CodePointMapData::<JoiningType>::new().get(*character);
    let is_seen = |kind: &JoiningType| *kind != JoiningType::Transparent;
    let joins_on = |kind| matches!(kind, JoiningType::LeftJoining | JoiningType::DualJoining);
    let joins_back = |kind| matches!(kind, JoiningType::RightJoining | JoiningType::DualJoining);
    before.last().is_some_and(|&mark| is_virama(mark))
        || (before.iter().rev().map(joining).find(is_seen).is_some_and(joins_on)
            && after.iter().map(joining).find(is_seen).is_some_and(joins_back))
}

/// RFC 5892, A.2: behind a sign that takes the vowel away; also before it, where Bengali and its neighbours choose the
/// shape of a cluster by that (as in “র‍্যাব”).
pub(super) fn is_needed_joiner(before: &[char], after: &[char]) -> bool {
    let is_letter = |character: char| GeneralCategoryGroup::Letter.contains(category(character));
    let Some(&previous) = before.last() else {
        return false;
    };
    is_virama(previous) || (is_letter(previous) && after.first().is_some_and(|&mark| is_virama(mark)))
}

fn is_virama(character: char) -> bool {
    CodePointMapData::<CanonicalCombiningClass>::new().get(character) == CanonicalCombiningClass::Virama
}

/// True between two pictures that become one: 👩‍💻. What stands before the joiner may have a colour or a selector.
fn joins_pictures(before: &[char], after: &[char]) -> bool {
    let is_part = |character: char| is_pictographic(character) && character >= '\u{2190}';
    let is_modifier = |character: char| CodePointSetData::new::<EmojiModifier>().contains(character);
    let base = before.iter().rev().find(|&&character| character != AS_PICTURE && !is_modifier(character));
    base.is_some_and(|&base| is_part(base) || base == END_OF_TAGS)
        && after.first().is_some_and(|&next| is_part(next))
}

/// True behind a character that has a picture and a sign, or in the middle of a key.
fn chooses_picture(before: &[char], after: &[char]) -> bool {
    let is_emoji = |base: char| CodePointSetData::new::<Emoji>().contains(base) || is_ideographic_sign(base);
    match before.last() {
        Some('0'..='9' | '#' | '*') => after.first() == Some(&KEYCAP),
        Some(&base) => is_emoji(base),
        None => false,
    }
}

/// 〰 and its like are emoji among the ideographs' punctuation.
const fn is_ideographic_sign(character: char) -> bool {
    matches!(character, '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}')
}

fn is_pictographic(character: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(character)
}

fn is_ideograph(character: char) -> bool {
    CodePointSetData::new::<UnifiedIdeograph>().contains(character)
}

fn is_mongolian(character: char) -> bool {
    script(character) == Script::Mongolian || matches!(character, '\u{180b}'..='\u{180f}')
}

/// True for what has standardised variants besides a picture.
fn has_variants(character: char) -> bool {
    is_ideograph(character)
        || matches!(script(character), Script::Myanmar | Script::PhagsPa | Script::Manichaean)
}

fn script(character: char) -> Script {
    CodePointMapData::<Script>::new().get(character)
}

/// True if the character at `place` is one of 3 to 6 letters and digits behind a black flag, or ends them.
fn is_in_flag(text: &[char], place: usize) -> bool {
    let Some(flag) = text[..place].iter().rposition(|&character| character == BLACK_FLAG) else {
        return false;
    };
    let Some(end) = text[flag..].iter().position(|&character| character == END_OF_TAGS) else {
        return false;
    };
    let letters = &text[flag + 1..flag + end];
    let is_tag =
        |character: &char| matches!(character, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    place <= flag + end && (3..=6).contains(&letters.len()) && letters.iter().all(is_tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(text: &str) -> bool {
        misplaced(text).is_none()
    }

    #[test]
    fn joiners_stand_where_the_script_needs_them() {
        for text in [
            "علی\u{200c}رضا",         // Persian
            "می\u{64e}\u{200c}خواهم", // with a mark between
            "ක්\u{200d}ෂ",             // Sinhala
            "क्\u{200d}ष",             // Devanagari
            "ന്\u{200d}",              // Malayalam, at the end
            "র\u{200d}্যাব",            // Bengali, before the sign
            "क्\u{200c}ष",
        ] {
            assert!(stands(text), "{text:?}");
        }
        for text in [
            "a\u{200d}b",
            "a\u{200c}b",
            "\u{200d}",
            "\u{200c}ع",
            "ع\u{200c}",
            "д\u{200d}д",
            "ا\u{200c}ب", // Alef does not join to what follows, so there is nothing to part.
            "ع\u{200d}",
            "a\u{301}\u{200d}b",
            "क\u{200d}ष",
        ] {
            assert!(!stands(text), "{text:?}");
        }
    }

    #[test]
    fn emoji_are_made_of_several_characters() {
        for text in [
            "☕\u{fe0f}",
            "☕\u{fe0e}",
            "👩\u{200d}💻",
            "👩🏽\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "🏳\u{fe0f}\u{200d}🌈",
            "🏴\u{200d}☠\u{fe0f}",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "1\u{fe0f}\u{20e3}",
            "#\u{fe0f}\u{20e3}",
            "🇩🇪",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "〰\u{fe0f}",
        ] {
            assert!(stands(text), "{text:?}");
        }
        for text in [
            "a\u{fe0f}",
            "1\u{fe0f}",
            "\u{fe0f}",
            "☕\u{fe0f}\u{fe0f}",
            "☕\u{200d}",
            "\u{200d}☕",
            "☕\u{200d}a",
            "a\u{200d}☕",
            "©\u{200d}®",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}",
            "🏴\u{e0067}\u{e007f}",
            "a\u{e0067}\u{e0062}\u{e0065}\u{e007f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e007f}\u{e0067}",
            "🏴\u{e007f}",
        ] {
            assert!(!stands(text), "{text:?}");
        }
    }

    #[test]
    fn letters_have_variants_where_unicode_says_so() {
        for text in ["葛\u{e0100}城", "辻\u{fe00}", "ᠮᠣᠩᠭ\u{180b}ᠣᠯ", "ᠮ\u{180e}ᠣ"] {
            assert!(stands(text), "{text:?}");
        }
        for text in ["a\u{e0100}", "か\u{e0100}", "a\u{fe00}", "a\u{180b}", "\u{180e}", "ᠮ\u{180e}"] {
            assert!(!stands(text), "{text:?}");
        }
    }

    #[test]
    fn what_means_nothing_to_the_eye_is_hidden() {
        for character in [
            '\0',
            '\u{7}',
            '\n',
            '\t',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{206f}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{fffc}',
            '\u{fffd}',
            '\u{ffff}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{f0000}',
            '\u{378}',
        ] {
            assert!(is_hidden(character), "U+{:04X}", u32::from(character));
        }
        for character in ['a', 'é', '李', '\u{301}', '🦊', '’', '\u{a0}', '\u{94d}', '\u{600}', '1'] {
            assert!(!is_hidden(character), "U+{:04X}", u32::from(character));
        }
    }
}

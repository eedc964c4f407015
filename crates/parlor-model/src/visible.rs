//! Which characters leave a mark on a screen: a text of others alone would be an empty row.

use std::ops::RangeInclusive;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// What Unicode calls `Default_Ignorable_Code_Point`: shown as nothing by whoever does not know better. Fillers, joiners,
/// marks of direction, selectors and tags are among them.
const IGNORABLE: [RangeInclusive<char>; 17] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fff8}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

/// Letters, marks and symbols of other categories whose glyph is blank: the empty Braille pattern, the filler of Khitan,
/// the head of a note that is not there.
const BLANK: [char; 3] = ['\u{2800}', '\u{16fe4}', '\u{1d159}'];

/// Format characters that are drawn, around or over the number that follows: signs of Arabic, Syriac and Kaithi.
const DRAWN: [RangeInclusive<char>; 7] = [
    '\u{600}'..='\u{605}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{110bd}'..='\u{110bd}',
    '\u{110cd}'..='\u{110cd}',
];

/// True if a character leaves a mark by itself: no blank, no control or format character, nothing that Unicode lets
/// programs ignore, no letter whose glyph is blank.
pub fn is_visible(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_graphic();
    }
    !(character.is_whitespace()
        || BLANK.contains(&character)
        || is_among(&IGNORABLE, character)
        || (is_formless(character) && !is_among(&DRAWN, character)))
}

/// True if a text has something to look at.
pub fn has_visible(text: &str) -> bool {
    text.chars().any(is_visible)
}

/// A control or format character, or a code point that will never be a character.
fn is_formless(character: char) -> bool {
    let is_no_character =
        matches!(character, '\u{fdd0}'..='\u{fdef}') || u32::from(character) & 0xfffe == 0xfffe;
    is_no_character
        || matches!(character.general_category(), GeneralCategory::Control | GeneralCategory::Format)
}

fn is_among(ranges: &[RangeInclusive<char>], character: char) -> bool {
    ranges.iter().any(|range| range.contains(&character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_texts_have_nothing_to_look_at() {
        let blank = [
            "",
            " \t\r\n\u{b}\u{c}\u{85}",
            "\u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}",
            // Zero-width characters, marks of direction, joiners, the byte order mark, the soft hyphen.
            "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}",
            "\u{200e}\u{200f}\u{61c}\u{202a}\u{202e}\u{2066}\u{2069}",
            // Fillers of Hangul, vowels of Khmer that are not drawn, separators of Mongolian, the empty Braille pattern.
            "\u{115f}\u{1160}\u{3164}\u{ffa0}\u{17b4}\u{17b5}\u{180b}\u{180e}\u{2800}",
            // Selectors, tags, the grapheme joiner, marks of musical notes and of shorthand, annotations.
            "\u{fe00}\u{fe0f}\u{e0100}\u{e01ef}\u{e0001}\u{e0041}\u{e007f}\u{34f}\u{1d159}\u{1d173}\u{1bca0}\u{fff9}",
            "\u{1}\u{7f}\u{9f}\u{fdd0}\u{ffff}\u{1fffe}\u{13430}\u{16fe4}",
        ];
        for text in blank {
            assert!(!has_visible(text), "{text:?}");
        }
    }

    #[test]
    fn whatever_is_drawn_is_visible() {
        for text in [
            "a",
            ".",
            "日",
            "ا",
            "\u{301}",
            "\u{600}1",
            "\u{6dd}",
            "❤\u{fe0f}",
            "👩\u{200d}💻",
            "\u{e000}",
            "⠁",
            "ー",
            "\u{1f3f4}\u{e0067}\u{e007f}",
            "\u{fffd}",
            "々",
        ] {
            assert!(has_visible(text), "{text:?}");
        }
    }
}

//! Code that stands in lines of its own: between fences, or indented.

use parlor_model::visible::has_visible;

use super::html::{Html, Tag};
use super::lines::Line;

/// The longest name of a language.
const MAX_LANGUAGE: usize = 20;

/// A block of code.
pub(super) struct Block {
    /// How many lines it takes, with its fences.
    pub(super) lines: usize,
    /// Which of them are code.
    code: std::ops::Range<usize>,
    /// How many columns of each are not part of it.
    indent: usize,
    /// In which language it is, in small letters.
    language: Option<String>,
    /// What stands behind the fence, if it names no language: then it is code too.
    first: Option<String>,
}

impl Block {
    pub(super) fn write(&self, html: &mut Html, lines: &[Line<'_>]) {
        html.open(Tag::Pre);
        match &self.language {
            Some(language) => html.open_with(Tag::Code, &[("class", &format!("language-{language}"))]),
            None => html.open(Tag::Code),
        }
        if let Some(first) = &self.first {
            html.text(first);
            html.text("\n");
        }
        let mut text = String::new();
        for line in &lines[self.code.clone()] {
            text.clear();
            line.without(self.indent).append_to(&mut text);
            html.text(&text);
            html.text("\n");
        }
        html.close(Tag::Code);
        html.close(Tag::Pre);
    }
}

/// What a fence at the first line begins.
pub(super) enum Fenced {
    /// Code up to the fence that closes it, or the end.
    Code(Block),
    /// So many lines with nothing to see between two fences: they are text.
    Empty(usize),
}

/// What the fence at the first line begins. `None` if there is no fence, or nothing behind it.
pub(super) fn fenced(lines: &[Line<'_>]) -> Option<Fenced> {
    let opening = lines.first()?;
    let text = opening.trimmed();
    let mark = text.chars().next()?;
    let info = text.trim_start_matches(mark);
    let length = text.len() - info.len();
    let info = info.trim();
    if length < 3 || info.contains(mark) {
        return None;
    }
    let closes = |line: &&Line<'_>| {
        let text = line.trimmed();
        let rest = text.trim_start_matches(mark);
        line.indent() < 4 && text.len() - rest.len() >= length && rest.trim().is_empty()
    };
    let inner = lines[1..].iter().take_while(|line| !closes(line)).count();
    let code = 1..1 + inner;
    let language = language(info);
    let first = (language.is_none() && has_visible(info)).then(|| info.to_owned());
    if first.is_none() && !lines[code.clone()].iter().any(|line| has_visible(line.trimmed())) {
        return (code.end < lines.len()).then_some(Fenced::Empty(code.end + 1));
    }
    let lines = lines.len().min(code.end + 1);
    Some(Fenced::Code(Block { lines, code, indent: opening.indent(), language, first }))
}

/// The code that begins at the first line, which is indented, as all of it is.
pub(super) fn indented(lines: &[Line<'_>], indent: usize) -> Block {
    let reached = lines.iter().take_while(|line| line.is_blank() || line.indent() >= indent).count();
    let last = lines[..reached].iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
    Block { lines: last, code: 0..last, indent, language: None, first: None }
}

/// The language that is named behind a fence.
fn language(info: &str) -> Option<String> {
    let is_name = (1..=MAX_LANGUAGE).contains(&info.len())
        && info.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#-".contains(&byte));
    is_name.then(|| info.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_languages() {
        for (info, name) in [("rust", "rust"), ("C++", "c++"), ("F#", "f#"), ("objective-c", "objective-c")] {
            assert_eq!(language(info).as_deref(), Some(name));
        }
        for info in ["", "rust ignore", "{.rust}", "日本", "a\"b", "a_b", &"a".repeat(21)] {
            assert_eq!(language(info), None, "{info:?}");
        }
    }
}

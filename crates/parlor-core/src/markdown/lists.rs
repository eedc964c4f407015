//! Lists: which lines belong to which item. A mark wants a blank and a text; what is not indented leaves the list.

use parlor_model::visible::has_visible;

use super::lines::Line;

/// By how many columns a line must be indented, beyond the mark of an item, to belong to the item.
const INDENT: usize = 2;

/// The mark of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// `-`, `*`, `+`, or what stands behind the number: `.` or `)`.
    kind: u8,
    /// The number, in a list of numbers.
    pub(super) number: Option<u32>,
    /// In which column the mark stands.
    indent: usize,
    /// In which column the text begins.
    text: usize,
}

impl Mark {
    /// The mark at the beginning of a line.
    pub(super) fn of(line: Line<'_>) -> Option<Self> {
        let indent = line.indent();
        let trimmed = line.trimmed();
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let kind = *trimmed.as_bytes().get(digits)?;
        let number = match digits {
            0 if b"-*+".contains(&kind) => None,
            // A number that would not be shown as it was typed is none.
            1..=9 if b".)".contains(&kind) && (digits == 1 || !trimmed.starts_with('0')) => {
                Some(trimmed[..digits].parse().ok()?)
            }
            _ => return None,
        };
        let rest = Line::new(&trimmed[digits + 1..]);
        let blanks = rest.indent();
        if blanks == 0 || !has_visible(rest.trimmed()) {
            return None;
        }
        // Five blanks are one, and code that is indented by four.
        let blanks = if blanks > 4 { 1 } else { blanks };
        Some(Self { kind, number, indent, text: indent + digits + 1 + blanks })
    }
}

/// An item of a list.
pub(super) struct Item<'t> {
    pub(super) number: Option<u32>,
    /// Whether the task is done, if it is one.
    pub(super) task: Option<bool>,
    /// What it holds, without the indentation.
    pub(super) lines: Vec<Line<'t>>,
}

/// The items of the list that begins with `mark` at the first line, and how many lines they take.
pub(super) fn items<'t>(mark: Mark, lines: &[Line<'t>]) -> (Vec<Item<'t>>, usize) {
    let (mut items, mut present): (Vec<Item<'t>>, _) = (Vec::new(), mark);
    let mut used = 0;
    for (at, line) in lines.iter().enumerate() {
        let is_inside = line.indent() >= present.indent + INDENT;
        if line.is_blank() {
            if let Some(item) = items.last_mut() {
                item.lines.push(*line);
            }
            continue;
        }
        if at > 0 && is_inside {
            if let Some(item) = items.last_mut() {
                item.lines.push(line.without(present.text));
            }
        } else if let Some(next) = Mark::of(*line).filter(|next| next.kind == mark.kind && next.indent < 4) {
            present = next;
            items.push(item(next, *line));
        } else {
            break;
        }
        used = at + 1;
    }
    for item in &mut items {
        let last = item.lines.iter().rposition(|line| !line.is_blank()).map_or(0, |last| last + 1);
        item.lines.truncate(last);
    }
    (items, used)
}

/// The item that begins at a line.
fn item(mark: Mark, line: Line<'_>) -> Item<'_> {
    let marked = mark.text - mark.indent;
    let trimmed = line.trimmed();
    let width = trimmed.bytes().take_while(u8::is_ascii_digit).count() + 1;
    let text = Line::new(&trimmed[width..]).without(marked - width);
    let (task, text) = task(text).map_or((None, text), |(is_done, text)| (Some(is_done), text));
    Item { number: mark.number, task, lines: vec![text] }
}

/// `[ ] text` or `[x] text`.
fn task(line: Line<'_>) -> Option<(bool, Line<'_>)> {
    if line.indent() > 0 {
        return None;
    }
    let (is_done, rest) = [("[ ]", false), ("[x]", true), ("[X]", true)]
        .into_iter()
        .find_map(|(mark, is_done)| Some((is_done, line.trimmed().strip_prefix(mark)?)))?;
    let rest = rest.strip_prefix([' ', '\t'])?;
    has_visible(rest).then(|| (is_done, Line::new(rest)))
}

/// Which numbers have to be said, because counting would not give them.
pub(super) struct Numbers {
    next: u32,
    typed: Option<u32>,
}

impl Numbers {
    pub(super) fn new(start: u32) -> Self {
        Self { next: start, typed: None }
    }

    /// What must be said of the next item, so that it shows the number that was typed. An item with the same number as the
    /// one before it counts on: who writes `1.` before each leaves the counting to others.
    pub(super) fn value(&mut self, typed: u32) -> Option<u32> {
        let counts = typed == self.next || self.typed == Some(typed);
        let shown = if counts { self.next } else { typed };
        (self.next, self.typed) = (shown + 1, Some(typed));
        (!counts).then_some(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_wants_a_blank_and_a_text() {
        for text in ["- a", "* a", "+ a", "1. a", "1) a", "0. a", "999999999. a", "-\ta", "  - a"] {
            assert!(Mark::of(Line::new(text)).is_some(), "{text:?}");
        }
        for text in [
            "-",
            "- ",
            "-a",
            "+",
            "+ \u{200b}",
            "1.",
            "1.a",
            "1. ",
            "007. a",
            "1234567890. a",
            "a. b",
            "– a",
            "1: a",
        ] {
            assert!(Mark::of(Line::new(text)).is_none(), "{text:?}");
        }
    }

    #[test]
    fn numbers_are_shown_as_typed() {
        let values = |typed: &[u32]| {
            let mut numbers = Numbers::new(typed[0]);
            typed.iter().map(|number| numbers.value(*number)).collect::<Vec<_>>()
        };
        assert_eq!(values(&[3, 4, 5]), [None, None, None]);
        assert_eq!(values(&[1, 1, 1]), [None, None, None]);
        assert_eq!(values(&[3, 7, 8, 2]), [None, Some(7), None, Some(2)]);
        assert_eq!(values(&[1, 1, 2, 3]), [None, None, Some(2), None]);
    }
}

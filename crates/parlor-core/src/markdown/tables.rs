//! Tables: a head, a line of dashes with as many cells, and rows.

use super::MAX_COLUMNS;

/// What the line of dashes says of each column: how it is aligned, or nothing.
pub(super) struct Head(Vec<&'static str>);

impl Head {
    /// How a column is aligned, if that was said.
    pub(super) fn alignment(&self, column: usize) -> Option<&'static str> {
        self.0.get(column).copied().filter(|side| !side.is_empty())
    }
}

/// A table's head, if `dashes` is the line below it.
pub(super) fn head(text: &str, dashes: &str) -> Option<Head> {
    if !text.contains('|') || !dashes.contains('|') || !dashes.starts_with(['|', '-', ':']) {
        return None;
    }
    let columns: Option<Vec<_>> = split(dashes).map(alignment).take(MAX_COLUMNS + 1).collect();
    let columns = columns.filter(|columns| columns.len() <= MAX_COLUMNS)?;
    (split(text).take(MAX_COLUMNS + 1).count() == columns.len()).then_some(Head(columns))
}

/// True if a line can be a row.
pub(super) fn is_row(text: &str) -> bool {
    text.contains('|')
}

/// The cells of a row, with what was escaped.
pub(super) fn cells(text: &str) -> Vec<String> {
    split(text).map(|cell| cell.replace("\\|", "|")).collect()
}

/// What stands between bars. One at the beginning and one at the end stand for nothing.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_end();
    let mut rest = Some(text.strip_prefix('|').unwrap_or(text));
    std::iter::from_fn(move || {
        let text = rest?;
        let bar = bar(text);
        let (cell, after) = bar.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
        rest = after.filter(|after| !after.is_empty());
        Some(cell.trim())
    })
}

/// The place of the first bar without a backslash.
fn bar(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|&at| bytes[at] == b'|' && (at == 0 || bytes[at - 1] != b'\\'))
}

/// `---`, `:--`, `--:` or `:-:`; of the first, nothing.
fn alignment(cell: &str) -> Option<&'static str> {
    let dashes = cell.strip_prefix(':').unwrap_or(cell);
    let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
    if dashes.is_empty() || !dashes.bytes().all(|byte| byte == b'-') {
        return None;
    }
    Some(match (cell.starts_with(':'), cell.ends_with(':')) {
        (true, true) => "center",
        (true, false) => "left",
        (false, true) => "right",
        (false, false) => "",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_as_many_cells_as_dashes() {
        let aligned = |text, dashes| head(text, dashes).map(|head| head.0);
        assert_eq!(aligned("| a | b |", "|---|--:|"), Some(vec!["", "right"]));
        assert_eq!(aligned("a | b | c", ":-: | :- | -"), Some(vec!["center", "left", ""]));
        assert_eq!(aligned("| a |", "| - |"), Some(vec![""]));
        for (text, dashes) in [
            ("a | b", "-"),
            ("a", "-|-"),
            ("a | b", "- | x"),
            ("a | b", "|:|-|"),
            ("a | b | c", "- | -"),
            ("a", "-"),
        ] {
            assert!(aligned(text, dashes).is_none(), "{text:?} {dashes:?}");
        }
        for (columns, is_table) in [(MAX_COLUMNS, true), (MAX_COLUMNS + 1, false)] {
            assert_eq!(head(&"|a".repeat(columns), &"|-".repeat(columns)).is_some(), is_table);
        }
    }

    #[test]
    fn a_bar_can_be_escaped() {
        assert_eq!(cells("| a \\| b | `c \\| d` ||"), ["a | b", "`c | d`", ""]);
        assert_eq!(cells("a|"), ["a"]);
        assert_eq!(cells("|"), [""]);
    }
}

//! Lines and their indentation.

/// A line without what its containers took off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// How many blanks stand before the text: what is left of a tab that was taken apart.
    pad: usize,
    /// In which column the text stood, counted from a place where a tab stops.
    column: usize,
    text: &'t str,
}

/// Where a tab stops, in columns.
const TAB: usize = 4;

impl<'t> Line<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { pad: 0, column: 0, text }
    }

    /// How many columns stand empty before the first letter.
    pub(super) fn indent(self) -> usize {
        let mut column = self.column;
        for byte in self.text.bytes() {
            match byte {
                b' ' => column += 1,
                b'\t' => column += TAB - column % TAB,
                _ => break,
            }
        }
        self.pad + column - self.column
    }

    /// The text from its first letter on.
    pub(super) fn trimmed(self) -> &'t str {
        self.text.trim_start_matches([' ', '\t'])
    }

    pub(super) fn is_blank(self) -> bool {
        self.text.chars().all(char::is_whitespace)
    }

    /// The line without its first columns, as far as they are empty.
    pub(super) fn without(self, columns: usize) -> Self {
        let mut rest = self;
        let mut left = columns;
        while left > 0 {
            if rest.pad == 0 {
                rest.pad = match rest.text.as_bytes().first() {
                    Some(b' ') => 1,
                    Some(b'\t') => TAB - rest.column % TAB,
                    _ => break,
                };
                rest.text = &rest.text[1..];
                rest.column = (rest.column + rest.pad) % TAB;
            }
            let taken = rest.pad.min(left);
            rest.pad -= taken;
            left -= taken;
        }
        rest
    }

    /// Adds the line to a text.
    pub(super) fn append_to(self, text: &mut String) {
        text.extend(std::iter::repeat_n(' ', self.pad));
        text.push_str(self.text);
    }
}

/// The lines of a text, whatever ends them.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        lines.push(Line::new(&rest[..at]));
        let after = &rest[at..];
        rest = after.strip_prefix("\r\n").unwrap_or(&after[1..]);
    }
    lines.push(Line::new(rest));
    lines
}

/// Lines as one text.
pub(super) fn join(lines: &[Line<'_>]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.pad + line.text.len() + 1).sum());
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        line.append_to(&mut text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ends_of_lines_are_alike() {
        assert_eq!(lines("a\nb\r\nc\rd"), ["a", "b", "c", "d"].map(Line::new));
        assert_eq!(lines("a\n"), ["a", ""].map(Line::new));
    }

    #[test]
    fn indentation_is_counted_in_columns() {
        for (text, columns) in [("a", 0), ("  a", 2), ("\ta", 4), (" \ta", 4), ("\t a", 5), ("   ", 3)] {
            assert_eq!(Line::new(text).indent(), columns, "{text:?}");
        }
    }

    #[test]
    fn a_tab_is_taken_apart() {
        let line = Line::new("\t\ta").without(2);
        assert_eq!((line.indent(), join(&[line]).as_str()), (6, "  \ta"));
        assert_eq!(join(&[line.without(2)]), "\ta");
        assert_eq!(line.without(3).indent(), 3);
        assert_eq!(join(&[Line::new(" a").without(4)]), "a");
    }
}

//! Headers that hold lists: over several lines, separated by commas, and with quoted strings in them.

use http::{HeaderMap, HeaderName};

/// The entries of a header of which every line is a list. Lines that are not plain ASCII are passed over.
pub(super) fn list<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| split(line, ',')).filter(|entry| !entry.is_empty())
}

/// Whether a header's list has this entry, in whatever case.
pub(super) fn names(headers: &HeaderMap, name: &HeaderName, entry: &str) -> bool {
    list(headers, name).any(|listed| listed.eq_ignore_ascii_case(entry))
}

/// The parts between separators that stand outside quotes, without the blanks around them.
pub(super) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(move |character| {
        if escaped {
            escaped = false;
        } else if character == '"' {
            quoted = !quoted;
        } else if quoted && character == '\\' {
            escaped = true;
        } else {
            return !quoted && character == separator;
        }
        false
    });
    parts.map(|part| part.trim_matches([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_quotes_do_not_separate() {
        let parts = |text| split(text, ';').collect::<Vec<_>>();
        assert_eq!(parts("a ; b=\"1;2\"\t;c"), ["a", "b=\"1;2\"", "c"]);
        assert_eq!(parts("a=\"x\\\";y\";b"), ["a=\"x\\\";y\"", "b"]);
    }

    #[test]
    fn a_list_may_take_several_lines() {
        let mut headers = HeaderMap::new();
        for line in ["keep-alive, ", "", "Upgrade ,x"] {
            headers.append(http::header::CONNECTION, line.parse().unwrap());
        }
        let entries: Vec<&str> = list(&headers, &http::header::CONNECTION).collect();
        assert_eq!(entries, ["keep-alive", "Upgrade", "x"]);
        assert!(names(&headers, &http::header::CONNECTION, "upgrade"));
        assert!(!names(&headers, &http::header::CONNECTION, "up"));
    }
}

//! What follows the `]` of a link: `(address)`, or `(address "title")`, on one line.

use std::borrow::Cow;

use super::addresses::{MAX_ADDRESS, leads_somewhere};

/// How deep brackets may stand in an address.
const MAX_BRACKETS: usize = 8;

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target<'t> {
    pub(super) href: Cow<'t, str>,
    pub(super) title: Option<Cow<'t, str>>,
    /// How many bytes it takes, with both brackets.
    pub(super) length: usize,
}

/// Reads the target at the beginning of `rest`. `None` if there is none, or it leads nowhere.
pub(super) fn target(rest: &str) -> Option<Target<'_>> {
    let inner = rest.strip_prefix('(')?.trim_start_matches(' ');
    let (href, after) = if inner.starts_with('<') { angled(inner)? } else { bare(inner)? };
    let href = without_escapes(href);
    if !leads_somewhere(&href) {
        return None;
    }
    let next = after.trim_start_matches(' ');
    let (title, after) = match next.chars().next()? {
        quote @ ('"' | '\'' | '(') if next.len() < after.len() => {
            let (title, after) = quoted(next, quote)?;
            (Some(without_escapes(title)), after.trim_start_matches(' '))
        }
        _ => (None, next),
    };
    let after = after.strip_prefix(')')?;
    Some(Target { href, title, length: rest.len() - after.len() })
}

/// `<address>`: anything but a line break and other angles.
fn angled(rest: &str) -> Option<(&str, &str)> {
    let inner = &rest[1..];
    let end = unescaped(inner, |letter| matches!(letter, '<' | '>' | '\n'))?;
    inner[end..].starts_with('>').then(|| (&inner[..end], &inner[end + 1..]))
}

/// An address without blanks, whose brackets are balanced.
fn bare(rest: &str) -> Option<(&str, &str)> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, letter) in rest.char_indices() {
        match letter {
            _ if at > MAX_ADDRESS => return None,
            _ if std::mem::take(&mut escaped) => {}
            '\\' => escaped = true,
            '(' if depth == MAX_BRACKETS => return None,
            '(' => depth += 1,
            ')' if depth == 0 => return Some((&rest[..at], &rest[at..])),
            ')' => depth -= 1,
            letter if letter.is_whitespace() || letter.is_control() => {
                return (depth == 0).then(|| (&rest[..at], &rest[at..]));
            }
            _ => {}
        }
    }
    None
}

/// A title and what follows it.
fn quoted(rest: &str, quote: char) -> Option<(&str, &str)> {
    let closing = if quote == '(' { ')' } else { quote };
    let inner = &rest[1..];
    let end = unescaped(inner, |letter| letter == closing || letter == quote || letter == '\n')?;
    inner[end..].starts_with(closing).then(|| (&inner[..end], &inner[end + 1..]))
}

/// The place of the first letter that `ends`, without a backslash before it.
fn unescaped(text: &str, ends: impl Fn(char) -> bool) -> Option<usize> {
    let mut escaped = false;
    let mut letters = text.char_indices();
    letters
        .find(|&(_, letter)| {
            let plain = !std::mem::take(&mut escaped);
            escaped = plain && letter == '\\';
            (plain || letter == '\n') && ends(letter)
        })
        .map(|(at, _)| at)
}

/// Backslashes before punctuation stand for nothing.
fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escapes = letter == '\\' && letters.peek().is_some_and(char::is_ascii_punctuation);
        plain.extend(if escapes { letters.next() } else { Some(letter) });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
        let target = target(text)?;
        Some((target.href.into_owned(), target.title.map(Cow::into_owned)))
    }

    #[test]
    fn targets_of_links() {
        let cases = [
            ("(https://a.example)", "https://a.example", None),
            ("( https://a.example )", "https://a.example", None),
            ("(https://a.example/x_(y)) b)", "https://a.example/x_(y)", None),
            ("(<https://a.example/x(y>)", "https://a.example/x(y", None),
            ("(https://a.example/\\))", "https://a.example/)", None),
            ("(HTTPS://a.example \"A \\\"b\\\"\")", "HTTPS://a.example", Some("A \"b\"")),
            ("(https://a.example 'it')", "https://a.example", Some("it")),
            ("(https://a.example (it))", "https://a.example", Some("it")),
            ("(mailto:ada@a.example)", "mailto:ada@a.example", None),
        ];
        for (text, href, title) in cases {
            assert_eq!(read(text), Some((href.to_owned(), title.map(str::to_owned))), "{text:?}");
        }
        assert_eq!(target("(https://a.example 'b') c").unwrap().length, "(https://a.example 'b')".len());
    }

    #[test]
    fn what_leads_nowhere_is_no_target() {
        for text in [
            "",
            "()",
            "(",
            "(https://a.example",
            "(https://a.example\n)",
            "(https://a.example \"b)",
            "(https://a.example b)",
            "(<https://a.example)",
            "(tel:1)",
            "(ftp://a.example)",
            "(/a)",
            "(a.example)",
            "(//a.example)",
            "(#a)",
            "(javascript:alert(1))",
            "(java\tscript:alert(1))",
            "(data:text/html,a)",
            "(https://a%b)",
            "(((((((((((https://a.example)))))))))))",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}

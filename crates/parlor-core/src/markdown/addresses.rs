//! Addresses without marks around them: where one begins, and where it ends.
//!
//! An address ends before a blank, a mark of direction, a quotation mark, a full stop of any script, and before a closing
//! mark that nothing in it opened; marks that end a sentence belong to it only if more of it follows.

use std::borrow::Cow;

use parlor_model::visible::is_visible;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use url::Url;

use super::letters::{continues_word, is_caseless};

/// The longest address, in bytes. Longer ones are text.
pub(super) const MAX_ADDRESS: usize = 2_048;
/// How deep brackets may stand in an address.
const MAX_BRACKETS: usize = 8;
/// The longest name before the `@` of an e-mail address, in bytes (RFC 5321).
const MAX_LOCAL: usize = 64;
/// The longest host, in bytes.
const MAX_HOST: usize = 255;

const PAIRS: [(char, char); 18] = [
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('（', '）'),
    ('［', '］'),
    ('｛', '｝'),
    ('〈', '〉'),
    ('《', '》'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('〔', '〕'),
    ('〖', '〗'),
    ('｢', '｣'),
    ('“', '”'),
    ('‘', '’'),
    ('«', '»'),
    ('‹', '›'),
];

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address<'t> {
    /// As it was written.
    pub(super) shown: &'t str,
    /// Where it leads.
    pub(super) href: Cow<'t, str>,
}

/// Finds the addresses of one text, from left to right, without looking at any part of it again and again.
#[derive(Default)]
pub(super) struct Finder {
    /// Before this place no address of the Web begins.
    no_web: usize,
    /// Before this place no e-mail address begins.
    no_mail: usize,
}

impl Finder {
    /// The address that begins at `at`, where there is a letter or number of ASCII.
    pub(super) fn address<'t>(&mut self, text: &'t str, at: usize) -> Option<Address<'t>> {
        if at < self.no_web.min(self.no_mail) {
            return None;
        }
        let before = text[..at].chars().next_back();
        if continues_word(before) {
            return None;
        }
        if at >= self.no_web
            && let Some((prefix, scheme)) = beginning(&text[at..], before)
        {
            let end = at + prefix + extent(&text[at + prefix..]).unwrap_or(0);
            self.no_web = end;
            return web_address(&text[at..end], prefix, scheme);
        }
        self.email(text, at)
    }

    fn email<'t>(&mut self, text: &'t str, at: usize) -> Option<Address<'t>> {
        if at < self.no_mail {
            return None;
        }
        let written = if begins_with(&text[at..], "mailto:") { 7 } else { 0 };
        let (length, looked_at) = email(&text[at + written..]);
        self.no_mail = at + written + looked_at;
        let shown = &text[at..at + written + length?];
        let href = if written > 0 { shown.into() } else { format!("mailto:{shown}").into() };
        Some(Address { shown, href })
    }
}

/// With what an address of the Web begins, and what is put before it to make it whole.
fn beginning(rest: &str, before: Option<char>) -> Option<(usize, &'static str)> {
    match rest.as_bytes().first()?.to_ascii_lowercase() {
        b'h' => Some(["https://", "http://"].into_iter().find(|scheme| begins_with(rest, scheme))?.len())
            .map(|length| (length, "")),
        b'w' if begins_with(rest, "www.") && !before.is_some_and(|mark| "./@-:_".contains(mark)) => {
            Some((4, "http://"))
        }
        _ => None,
    }
}

fn web_address<'t>(shown: &'t str, prefix: usize, scheme: &str) -> Option<Address<'t>> {
    let href = if scheme.is_empty() { Cow::Borrowed(shown) } else { format!("{scheme}{shown}").into() };
    (shown.len() > prefix && leads_somewhere(&href)).then_some(Address { shown, href })
}

/// What stands between `<` and `>` at the beginning of `rest`, if it is an address.
pub(super) fn angled(rest: &str) -> Option<Address<'_>> {
    let inner = rest.strip_prefix('<')?;
    if !inner.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let end = inner.find(|letter: char| "<>\"".contains(letter) || !is_visible(letter))?;
    let shown = &inner[..end];
    if !inner[end..].starts_with('>') {
        return None;
    }
    if leads_somewhere(shown) {
        return Some(Address { shown, href: shown.into() });
    }
    (email(shown).0 == Some(shown.len())).then(|| Address { shown, href: format!("mailto:{shown}").into() })
}

/// True for what a link may lead to: the Web or a mailbox, by an address that browsers understand.
pub(super) fn leads_somewhere(href: &str) -> bool {
    let known = ["https://", "http://", "mailto:"].into_iter().find(|scheme| begins_with(href, scheme));
    let Some(scheme) = known.filter(|scheme| href.len() > scheme.len() && href.len() <= MAX_ADDRESS) else {
        return false;
    };
    host(&href[scheme.len()..]).len() <= MAX_HOST && Url::parse(href).is_ok()
}

fn begins_with(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix.as_bytes()))
}

fn host(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// What a character means for the end of an address.
enum Meaning {
    /// Part of it.
    Part,
    /// Part of it, if more of it follows.
    Between,
    /// Opens what the given character closes.
    Opens(char),
    /// Closes, if it was opened.
    Closes,
    Ends,
}

/// How many bytes belong to an address whose scheme was before. `None` if there is no host.
fn extent(rest: &str) -> Option<usize> {
    if !rest.starts_with(|first: char| first.is_alphanumeric() || first == '[') {
        return None;
    }
    let mut open: Vec<(char, usize)> = Vec::new();
    let (mut end, mut in_host) = (0, true);
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|&(_, next)| next);
        in_host = in_host && !"/?#".contains(letter);
        if in_host && at > 0 && "[({,;!'’*~".contains(letter) {
            break;
        }
        match meaning(letter, next) {
            Meaning::Part => end = at + letter.len_utf8(),
            Meaning::Between => {}
            Meaning::Opens(closing) if open.len() < MAX_BRACKETS => open.push((closing, end)),
            Meaning::Closes if open.last().is_some_and(|(closing, _)| *closing == letter) => {
                open.pop();
                end = at + letter.len_utf8();
            }
            Meaning::Opens(_) | Meaning::Closes | Meaning::Ends => break,
        }
    }
    if let Some((_, before)) = open.first() {
        end = end.min(*before);
    }
    let end = words_after_host(&rest[..end]).unwrap_or(end);
    (end > 0).then_some(end)
}

/// Where a text in a script without blanks begins right behind the host: `x.example` of `x.example日本`.
fn words_after_host(address: &str) -> Option<usize> {
    let host = host(address);
    let label = host.rfind('.')? + 1;
    if !host[label..].starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return None;
    }
    host[label..].find(is_caseless).map(|at| label + at)
}

fn meaning(letter: char, next: Option<char>) -> Meaning {
    if letter.is_ascii() {
        return ascii_meaning(letter, next);
    }
    if let Some((_, closing)) = PAIRS.iter().find(|(opening, _)| *opening == letter) {
        return Meaning::Opens(*closing);
    }
    let in_word = next.is_some_and(char::is_alphanumeric);
    if letter == '’' && in_word {
        return Meaning::Between;
    }
    if PAIRS.iter().any(|(_, closing)| *closing == letter) {
        return Meaning::Closes;
    }
    match letter {
        // Joiners and selectors hold words and pictures together.
        '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' if next.is_some() => Meaning::Between,
        '·' | '・' | '‧' | '–' | '‐' | '‑' if in_word => Meaning::Between,
        '｜' | '＜' | '＞' | '～' => Meaning::Ends,
        _ if !is_visible(letter) => Meaning::Ends,
        _ => match letter.general_category() {
            GeneralCategory::DashPunctuation
            | GeneralCategory::ConnectorPunctuation
            | GeneralCategory::OpenPunctuation
            | GeneralCategory::ClosePunctuation
            | GeneralCategory::InitialPunctuation
            | GeneralCategory::FinalPunctuation
            | GeneralCategory::OtherPunctuation => Meaning::Ends,
            _ => Meaning::Part,
        },
    }
}

fn ascii_meaning(letter: char, next: Option<char>) -> Meaning {
    match letter {
        '(' => Meaning::Opens(')'),
        '[' => Meaning::Opens(']'),
        '{' => Meaning::Opens('}'),
        ')' | ']' | '}' => Meaning::Closes,
        // Marks of what stands around the address.
        '*' | '~' if next == Some(letter) => Meaning::Ends,
        '.' | ',' | ':' | ';' | '!' | '?' | '*' | '_' | '~' | '\'' => Meaning::Between,
        '<' | '>' | '"' | '`' | '|' | '\\' => Meaning::Ends,
        letter if letter.is_ascii_graphic() => Meaning::Part,
        _ => Meaning::Ends,
    }
}

/// How many bytes of an e-mail address `rest` begins with, and how many were looked at to see that there is none.
fn email(rest: &str) -> (Option<usize>, usize) {
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._+-".contains(byte);
    let local = rest.bytes().take_while(|byte| is_local(byte)).count();
    if !(1..=MAX_LOCAL).contains(&local) || rest.as_bytes().get(local) != Some(&b'@') {
        return (None, local.max(1));
    }
    let domain = &rest[local + 1..];
    let length = domain
        .find(|letter: char| !(letter.is_alphanumeric() || is_mark(letter) || "-.".contains(letter)))
        .unwrap_or(domain.len());
    let domain = domain[..length].trim_end_matches(['.', '-']);
    let domain = &domain[..words_after_host(domain).unwrap_or(domain.len())];
    let last = domain.rsplit_once('.').filter(|(labels, _)| labels.starts_with(char::is_alphanumeric));
    let is_domain = domain.len() <= MAX_HOST
        && !domain.contains("..")
        && last.is_some_and(|(_, label)| {
            label.starts_with(char::is_alphabetic) && label.chars().nth(1).is_some()
        });
    // Whatever follows has another `@` to begin with.
    (is_domain.then(|| local + 1 + domain.len()), local + 1)
}

/// A mark that belongs to the letter before it.
fn is_mark(letter: char) -> bool {
    !letter.is_ascii()
        && matches!(letter.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark)
}

#[cfg(test)]
mod tests;

//! Addresses without marks around them: where one begins, and where it ends.
//!
//! An address ends before a blank, a mark of direction, a quotation mark, an arrow, a full stop of any script, and before a
//! closing mark that nothing in it opened; marks that end a sentence, or stand within words, belong to it only if more of
//! it follows.

use std::borrow::Cow;

use parlor_model::visible::is_visible;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use url::Url;

use super::letters::{continues_word, is_caseless, is_mark};

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
        // `@ada@x.example` is a name elsewhere, and what stands behind `ssh://` an account.
        if before.is_some_and(|mark| "@/".contains(mark)) { None } else { self.email(text, at) }
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

fn web_address<'t>(written: &'t str, prefix: usize, scheme: &str) -> Option<Address<'t>> {
    let address = |shown: &'t str| {
        let href = if scheme.is_empty() { Cow::Borrowed(shown) } else { format!("{scheme}{shown}").into() };
        (shown.len() > prefix && leads_somewhere(&href)).then_some(Address { shown, href })
    };
    address(written).or_else(|| {
        // What stands behind the colon is no port, but goes on with the sentence.
        let colon = host(&written[prefix..]).rfind(':')?;
        address(&written[..prefix + colon])
    })
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
    let (mut end, mut in_host, mut previous) = (0, true, None);
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|&(_, next)| next);
        in_host = in_host && !"/?#".contains(letter);
        if in_host && at > 0 && "[({,;!'’*~".contains(letter) {
            break;
        }
        match meaning(previous, letter, next) {
            Meaning::Part => end = at + letter.len_utf8(),
            Meaning::Between => {}
            Meaning::Opens(closing) if open.len() < MAX_BRACKETS => open.push((closing, end)),
            Meaning::Closes if open.last().is_some_and(|(closing, _)| *closing == letter) => {
                open.pop();
                end = at + letter.len_utf8();
            }
            Meaning::Opens(_) | Meaning::Closes | Meaning::Ends => break,
        }
        previous = Some(letter);
    }
    if let Some((_, before)) = open.first() {
        end = end.min(*before);
    }
    let end = words_after_host(&rest[..end]).unwrap_or(end);
    (end > 0).then_some(end)
}

/// Where a text in a script without blanks, or a picture, begins right behind the host: `x.example` of `x.example日本`.
fn words_after_host(address: &str) -> Option<usize> {
    let host = host(address);
    let label = host.rfind(['.', ']']).map_or(0, |mark| mark + 1);
    let is_in_ascii = host[label..].starts_with(|first: char| first.is_ascii_alphanumeric());
    if !is_in_ascii && !host[..label].ends_with(']') {
        return None;
    }
    let is_after = |letter: char| {
        is_caseless(letter) || !(letter.is_ascii() || letter.is_alphanumeric() || is_mark(letter))
    };
    host[label..].find(is_after).map(|at| label + at).filter(|&at| at > 0)
}

fn meaning(previous: Option<char>, letter: char, next: Option<char>) -> Meaning {
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
    if changes_letter(letter) && (next == Some(KEYCAP) || previous.is_some_and(|letter| !letter.is_ascii())) {
        return Meaning::Part;
    }
    match letter {
        // Joiners hold words and pictures together.
        '\u{200c}' | '\u{200d}' | '\u{180e}' if next.is_some() => Meaning::Between,
        _ if stands_within_words(letter) && (in_word || next == Some('_')) => Meaning::Between,
        _ if !is_visible(letter) || parts_words(letter) => Meaning::Ends,
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

/// What makes a key of a digit.
const KEYCAP: char = '\u{20e3}';

/// Selectors of a variant or a picture, and the letters that make a flag a region's: part of the character before them.
fn changes_letter(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}' | '\u{180f}'
        | '\u{e0020}'..='\u{e007f}')
}

/// Points and dashes within words and names; signs of abbreviation of Hebrew and Devanagari; what stands between the
/// syllables of Tibetan and the words of Ethiopic; words of Burmese that count as marks.
fn stands_within_words(letter: char) -> bool {
    matches!(
        letter,
        '·' | '・'
            | '･'
            | '‧'
            | '–'
            | '‐'
            | '‑'
            | '゠'
            | '´'
            | '״'
            | '׳'
            | '־'
            | '॰'
            | '་'
            | '༌'
            | '፡'
            | '֊'
            | '᠊'
            | '᠆'
            | '\u{104c}'..='\u{104f}'
    )
}

/// Signs that stand between addresses, or around them, and are no punctuation to Unicode: arrows, lines, quotation marks
/// among the pictures.
fn parts_words(letter: char) -> bool {
    matches!(letter, '｜' | '＜' | '＞' | '～' | '´' | '¦' | '\u{275b}'..='\u{2760}' | '\u{2190}'..='\u{21ff}'
        | '\u{27f0}'..='\u{27ff}' | '\u{2900}'..='\u{297f}' | '\u{2500}'..='\u{257f}')
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

#[cfg(test)]
mod tests;

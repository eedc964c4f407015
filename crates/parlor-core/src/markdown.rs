//! Markdown to safe HTML, in the dialect of [docs/markdown.md](../../../docs/markdown.md): a chat's, not a document's. What
//! somebody typed never vanishes.
//!
//! Tags come from a closed list and everything else is escaped (`html.rs`), so no tag, no address and no attribute that
//! somebody typed gets through. Images become links: nobody's address leaks to a stranger's server because a message was
//! on their screen. The cost is linear in the length of the text, whatever it holds.

mod addresses;
mod blocks;
mod code;
mod emphasis;
mod html;
mod inlines;
mod letters;
mod lines;
mod links;
mod lists;
mod tables;

use blocks::Writer;
use html::Html;

/// How deep quotes and lists may stand in each other; marks of deeper ones are text.
pub const MAX_NESTING: usize = 8;
/// How deep emphasis may stand in emphasis; marks of deeper ones are text.
pub const MAX_EMPHASIS: usize = 8;
/// The most columns of a table; a head with more is text.
pub const MAX_COLUMNS: usize = 64;
/// The most cells in the tables of a message; the rows after them are text.
pub const MAX_CELLS: usize = 4_096;
/// The HTML of a text has at most so many bytes for each of its own…
pub const MAX_GROWTH: usize = 10;
/// … and so many more. Of what would be larger the text itself is shown.
pub const GROWTH_ALLOWANCE: usize = 4_096;

/// Renders a message. `None` if the text itself is what is to be shown: because the HTML would only be the same in one
/// paragraph, would be too large, or would leave nothing to see. The wire then carries the text once.
pub fn render(text: &str) -> Option<String> {
    if is_plain(text) { None } else { parse(text) }
}

fn parse(text: &str) -> Option<String> {
    let limit = text.len().saturating_mul(MAX_GROWTH).saturating_add(GROWTH_ALLOWANCE);
    let mut writer = Writer::new(Html::new(text.len() * 2, limit));
    writer.blocks(&lines::lines(text), 0, false);
    let html = writer.html;
    if html.is_full() || !html.is_visible() {
        return None;
    }
    let html = html.into_text();
    (html != format!("<p dir=\"auto\">{}</p>", html::escape(text))).then_some(html)
}

/// True for texts that can't hold Markdown or an address: most of what people say. It is asked of every message, so it must
/// cost next to nothing; anything doubtful is parsed.
pub fn is_plain(text: &str) -> bool {
    let harmless = |letter: char| letter.is_alphanumeric() || " ,.!?:;'\"/()+-=%$#".contains(letter);
    // A list begins with a number and a dot or a bracket; all other blocks begin with a mark.
    let after_digits = text.trim_start_matches(|first: char| first.is_ascii_digit());
    text.starts_with(char::is_alphanumeric)
        && !after_digits.starts_with(['.', ')'])
        && text.chars().all(harmless)
        // Addresses become links without any mark around them.
        && !text.contains("://")
        && !has_www(text)
}

/// True if `www.` is somewhere in it, in any case.
fn has_www(text: &str) -> bool {
    text.contains('.') && text.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"www."))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

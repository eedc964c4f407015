//! Things to say: short and long, in several scripts, some that look like commands.

use rand::rngs::StdRng;
use rand::{Rng, RngExt};

const WORDS: [&str; 16] = [
    "hello",
    "*bold*",
    "`code`",
    "naïve",
    "Привет",
    "日本語",
    "👩‍👩‍👧",
    "/me",
    "//",
    "<b>",
    "&amp;",
    "  ",
    "\t",
    "e\u{301}",
    "https://example.org/a?b=c",
    "@owner:",
];
/// One of so many is long.
const LONG_ONE_IN: u32 = 40;
const LONG_WORDS: usize = 400;

/// A text that is never blank, and whether it is an action.
pub(super) fn random(random: &mut StdRng, number: usize) -> (String, bool) {
    let words = if random.random_ratio(1, LONG_ONE_IN) { LONG_WORDS } else { random.random_range(1..12) };
    let start = if random.random_ratio(1, 10) { "/" } else { "" };
    let mut text = format!("{start}{number}");
    for _ in 0..words {
        text.push(' ');
        text.push_str(WORDS[(random.next_u32() as usize) % WORDS.len()]);
    }
    (text, random.random_ratio(1, 10))
}

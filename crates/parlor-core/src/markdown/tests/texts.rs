//! Properties, over texts that are made at random of what Markdown is made of.

use proptest::prelude::*;

use crate::markdown::properties::check;
use crate::markdown::{is_plain, parse};

/// What texts are made of: marks, blanks, beginnings of blocks, addresses, letters of several scripts, and what browsers,
/// sanitisers and other dialects take for something.
const PIECES: &[&str] = &[
    "a",
    "B",
    "7",
    "12",
    "é",
    "日本",
    "마크다운",
    "שלום",
    "مرحبا",
    "ไทย",
    "🎉",
    "☕\u{fe0f}",
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\u{a0}",
    "\u{200b}",
    "\u{200f}",
    "\u{3164}",
    "\u{3000}",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```",
    "```\n",
    "\n```\n",
    "~~~\n",
    "```rust\n",
    "\\",
    "\\*",
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "](https://a.example)",
    "](https://a.example \"b\")",
    "](tel:1)",
    "](<",
    "<",
    ">",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<a href=\"https://b.example\">",
    "<script>",
    "&amp;",
    "&nbsp;",
    "&",
    "\"",
    "'",
    "“",
    "”",
    "「",
    "」",
    "（",
    "）",
    "。",
    "！",
    "> ",
    "\n> ",
    "\n>",
    ">> ",
    "- ",
    "\n- ",
    "\n  - ",
    "\n* ",
    "+",
    "\n+ ",
    "1. ",
    "\n1. ",
    "\n2) ",
    "\n007. ",
    "- [ ] ",
    "- [x] ",
    "#",
    "# ",
    "\n## ",
    "#a",
    "---",
    "\n---\n",
    "\n===\n",
    "***",
    "|",
    "||",
    "\n|-|-|\n",
    "|-|\n",
    "| a | b |\n|---|--:|\n| 1 | 2 |",
    "https://a.example",
    "http://",
    "https://a.example/x_(y)",
    "https://[::1]",
    "www.a.example",
    "WWW.",
    "ada@a.example",
    "mailto:",
    "ftp://a.example",
    "<https://a.example>",
    "<ada@a.example>",
    "[a]: https://a.example",
    "[^1]",
    ":",
    ".",
    ",",
    "!",
    "¯\\_(ツ)_/¯",
    "%",
    "$",
    "=",
];

fn texts() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_vanishes_and_nothing_gets_through(text in texts()) {
        check(&text);
    }

    #[test]
    fn any_characters_keep_the_properties(text in "\\PC{0,40}") {
        check(&text);
    }

    #[test]
    fn what_is_not_parsed_needs_no_html(text in plain_texts()) {
        if is_plain(&text) {
            prop_assert_eq!(parse(&text), None);
        }
    }
}

/// What is taken for harmless, and what links and blocks are made of.
const PLAIN_PIECES: &[&str] = &[
    "a",
    "Zoë",
    "日本",
    "7",
    "12",
    " ",
    "  ",
    ".",
    ",",
    "!",
    "?",
    ":",
    ";",
    "'",
    "\"",
    "/",
    "//",
    "(",
    ")",
    "+",
    "-",
    "--",
    "=",
    "%",
    "$",
    "#",
    "www",
    "WWW.",
    "http",
    "https",
    "example.org",
    "mailto:",
    "ftp",
    "x.y",
];

fn plain_texts() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PLAIN_PIECES), 1..8).prop_map(|pieces| pieces.concat())
}

#[test]
fn most_of_what_people_say_is_plain() {
    for text in [
        "hello",
        "what, really?",
        "1 2 3",
        "well... ok.",
        "日本語",
        "שלום!",
        "it's \"fine\"",
        "a (b) + c = 100 %",
        "end ",
    ] {
        assert!(is_plain(text), "{text:?}");
    }
    for text in [
        "1. one",
        "12) twelve",
        "www.example.org",
        "see WWW.example.org",
        "http://a.b",
        "- a",
        "# a",
        "a@b.example",
    ] {
        assert!(!is_plain(text), "{text:?}");
    }
}

#[test]
fn nothing_that_was_mended_breaks_again() {
    let fuzz = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut checked = 0;
    for folder in ["seeds/markdown", "regressions/markdown"] {
        for entry in std::fs::read_dir(fuzz.join(folder)).unwrap() {
            check(&String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()));
            checked += 1;
        }
    }
    assert!(checked >= 10, "only {checked} inputs were found");
}

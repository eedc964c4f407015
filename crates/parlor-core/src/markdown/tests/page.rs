//! The examples of `docs/markdown.md`.

use crate::markdown::properties::check;
use crate::markdown::{MAX_CELLS, MAX_COLUMNS, MAX_EMPHASIS, MAX_NESTING, render};

const PAGE: &str = include_str!("../../../../../docs/markdown.md");

/// The fenced blocks of the page: what stands behind the fence, and the lines.
fn blocks() -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut lines = PAGE.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence)) else { continue };
        let inner: Vec<&str> = lines.by_ref().take_while(|line| *line != fence).collect();
        blocks.push((line[3..].to_owned(), inner.join("\n")));
    }
    blocks
}

#[test]
fn the_examples_of_the_page_are_true() {
    let (mut typed, mut count) = (None, 0);
    for (kind, text) in blocks() {
        match (kind.as_str(), typed.take()) {
            ("typed", None) => typed = Some(text),
            ("html", Some(source)) => {
                // Line breaks between elements are for who reads the page.
                let wanted = text.replace(">\n<", "><");
                assert_eq!(render(&source).as_deref(), Some(wanted.as_str()), "{source:?}");
                check(&source);
                count += 1;
            }
            ("as-typed", None) => {
                for line in text.lines() {
                    assert_eq!(render(line), None, "{line:?}");
                    count += 1;
                }
            }
            (kind, typed) => panic!("a block of {kind:?} after {typed:?}"),
        }
    }
    assert!(count >= 30, "{count} examples");
}

#[test]
fn the_bounds_of_the_page_are_true() {
    for (what, bound) in [
        ("quotes and lists in each other", MAX_NESTING),
        ("emphasis in emphasis", MAX_EMPHASIS),
        ("columns of a table", MAX_COLUMNS),
    ] {
        assert!(PAGE.contains(&format!("| {what} | {bound} |")), "{what}");
    }
    assert_eq!(MAX_CELLS, 4_096);
}

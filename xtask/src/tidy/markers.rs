//! No unfinished work, skipped tests or silenced lints in what is committed. Work that is left goes to the tracker,
//! where somebody looks.
//!
//! The markers are written in two halves here, so that this file does not hold what it looks for.

use super::Problem;
use crate::workspace::Tree;

/// Text that must not be there, files it is looked for in, and the reason.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (concat!("todo", "!("), RUST, "unfinished"),
    (concat!("unimplemented", "!("), RUST, "unfinished"),
    (concat!("#[ig", "nore"), RUST, "a skipped test protects nothing: mend or delete it"),
    (concat!("#[al", "low("), RUST, "write `#[expect(…, reason = \"…\")]`, which ends when its reason does"),
    (
        concat!("#![al", "low("),
        RUST,
        "write `#![expect(…, reason = \"…\")]`, which ends when its reason does",
    ),
    (concat!("test.", "skip"), SCRIPTS, "a skipped test protects nothing: mend or delete it"),
    (concat!("it.", "skip"), SCRIPTS, "a skipped test protects nothing: mend or delete it"),
    (concat!("describe.", "skip"), SCRIPTS, "a skipped test protects nothing: mend or delete it"),
    (concat!("test.", "fixme"), SCRIPTS, "a skipped test protects nothing: mend or delete it"),
    (concat!("test.", "todo"), SCRIPTS, "a test that is not written protects nothing"),
    (concat!(".on", "ly("), SCRIPTS, "all other tests would be left out"),
    (concat!("@ts-", "ignore"), SCRIPTS, "write `@ts-expect-error` with the reason"),
    (concat!("@ts-", "nocheck"), SCRIPTS, "types are checked everywhere"),
];

/// Words by which people mark what they leave for later.
const WORDS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

const RUST: &[&str] = &["rs"];
const SCRIPTS: &[&str] = &["ts", "js", "mjs", "cjs", "svelte"];
const SOURCES: &[&str] =
    &["rs", "ts", "js", "mjs", "cjs", "svelte", "css", "html", "sh", "sql", "toml", "yml", "yaml"];

/// Finds markers, line by line.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.with_extension(SOURCES) {
        for (index, line) in file.text.lines().enumerate() {
            let mut report = |message: String| problems.push(Problem::at(&file.path, index + 1, message));
            for (marker, extensions, reason) in FORBIDDEN {
                if extensions.contains(&file.extension()) && line.contains(marker) {
                    report(format!("`{marker}`: {reason}"));
                }
            }
            for word in WORDS.iter().filter(|word| has_word(line, word)) {
                report(format!("`{word}`: finish it, or open an issue"));
            }
        }
    }
    problems
}

/// Whether the word stands alone, not as part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marker_is_found() {
        for (marker, extensions, _) in FORBIDDEN {
            let path = format!("file.{}", extensions[0]);
            let text = format!("first line\n  {marker}\n");
            let problems = check(&Tree::of(&[(&path, &text)]));
            assert!(problems.iter().any(|problem| problem.line == Some(2)), "{marker} was missed");
        }
        for word in WORDS {
            let text = format!("// {word}: later\n");
            assert_eq!(check(&Tree::of(&[("file.rs", &text)])).len(), 1, "{word} was missed");
        }
    }

    #[test]
    fn markers_inside_longer_words_are_none() {
        let text = format!("mktemp parlor.{}\nlet {}S = 1;\n", "X".repeat(6), WORDS[0]);
        assert!(check(&Tree::of(&[("file.sh", &text)])).is_empty());
    }

    #[test]
    fn prose_may_speak_of_markers() {
        assert!(check(&Tree::of(&[("guide.md", WORDS[0])])).is_empty());
    }
}

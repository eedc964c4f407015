//! Every Rust file begins by saying what it is.

use super::Problem;
use crate::workspace::Tree;

/// Finds Rust files whose first line is no module documentation.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let silent = tree.with_extension(&["rs"]).filter(|file| !says_what_it_is(&file.text));
    silent.map(|file| Problem::at(&file.path, 1, "must begin with `//!` and what it is")).collect()
}

fn says_what_it_is(text: &str) -> bool {
    let first_line = text.lines().next().unwrap_or_default();
    first_line.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_say_what_it_is_is_found() {
        let tree = Tree::of(&[
            ("a.rs", "//! Says it.\n"),
            ("b.rs", "use std::fmt;\n//! Too late.\n"),
            ("c.rs", "//!\n"),
            ("d.rs", ""),
            ("e.ts", "no Rust"),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|problem| problem.path).collect();
        assert_eq!(found, ["b.rs", "c.rs", "d.rs"]);
    }
}

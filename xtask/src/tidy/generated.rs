//! Generated files say so in their head, and every file that says so is one that `cargo xtask codegen` keeps fresh.

use super::Problem;
use crate::codegen::GENERATED;
use crate::workspace::{SourceFile, Tree};

/// The words, whatever their case, in the first lines of a generated file.
const NOTICE: &str = concat!("do not", " edit");

/// How many lines are its head.
const HEAD: usize = 5;

const EXTENSIONS: &[&str] = &["rs", "ts", "js", "svelte", "css", "md", "json", "toml", "yml", "yaml"];

/// Finds generated files without a notice and notices on files that nothing generates.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let is_known = |file: &SourceFile| GENERATED.iter().any(|generated| generated.path == file.path);
    let mut problems = Vec::new();
    for file in tree.with_extension(EXTENSIONS) {
        match (is_known(file), has_notice(file)) {
            (true, false) => {
                problems.push(Problem::at(
                    &file.path,
                    1,
                    format!("is generated: its head must say `{NOTICE}`"),
                ));
            }
            (false, true) => problems.push(Problem::at(
                &file.path,
                1,
                "says that it is generated: give it a row in xtask/src/codegen.rs, so that it stays fresh",
            )),
            _ => {}
        }
    }
    problems
}

fn has_notice(file: &SourceFile) -> bool {
    file.text.lines().take(HEAD).any(|line| line.to_lowercase().contains(NOTICE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_file_must_say_so() {
        let path = GENERATED[0].path;
        assert_eq!(check(&Tree::of(&[(path, "export type Any = string;\n")])).len(), 1);
        let text = format!("// Generated: {}.\n", NOTICE.to_uppercase());
        assert!(check(&Tree::of(&[(path, &text)])).is_empty());
    }

    #[test]
    fn a_file_that_says_so_must_be_generated() {
        let text = format!("// Generated, {NOTICE}.\n");
        assert_eq!(check(&Tree::of(&[("other.ts", &text)])).len(), 1);
    }
}

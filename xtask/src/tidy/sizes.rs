//! Files stay short. One that is too long stands in a list with its present length, and that may only shrink.

use super::Problem;
use crate::codegen::GENERATED;
use crate::workspace::{SourceFile, Tree};

/// Most lines a file may have.
const LIMIT: usize = 500;

/// The list of files that are longer: a line each, `<lines> <path>`.
const EXCEPTIONS: &str = "xtask/tidy-exceptions.txt";

const EXTENSIONS: &[&str] = &["rs", "ts", "svelte", "css", "js", "mjs", "cjs"];

/// Finds files that are too long, and entries of the list that are no longer true.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let list = tree.file(EXCEPTIONS).map_or("", |file| file.text.as_str());
    let (entries, mut problems) = parse(list);
    for file in tree.with_extension(EXTENSIONS).filter(|file| !is_generated(file)) {
        let lines = file.text.lines().count();
        if lines > LIMIT && !entries.iter().any(|entry| entry.path == file.path) {
            problems.push(Problem::of(
                &file.path,
                format!("has {lines} lines, {LIMIT} is the limit: find the seam"),
            ));
        }
    }
    for entry in entries {
        let present = tree.file(entry.path).map(|file| file.text.lines().count());
        if let Some(message) = entry.judge(present) {
            problems.push(Problem::at(EXCEPTIONS, entry.number, message));
        }
    }
    problems
}

/// A line of the list.
struct Entry<'l> {
    number: usize,
    lines: usize,
    path: &'l str,
}

impl Entry<'_> {
    /// What is wrong with the entry, given how long the file is now.
    fn judge(&self, present: Option<usize>) -> Option<String> {
        let Self { lines, path, .. } = self;
        match present {
            None => Some(format!("{path} is gone: delete the entry")),
            Some(present) if present <= LIMIT => {
                Some(format!("{path} is short enough now: delete the entry"))
            }
            Some(present) if present < *lines => {
                Some(format!("{path} shrank: write {present} instead of {lines}"))
            }
            Some(present) if present > *lines => Some(format!("{path} grew from {lines} to {present} lines")),
            Some(_) => None,
        }
    }
}

fn parse(list: &str) -> (Vec<Entry<'_>>, Vec<Problem>) {
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for (index, line) in list.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once(' ').and_then(|(lines, path)| Some((lines.parse().ok()?, path.trim()))) {
            Some((lines, path)) => entries.push(Entry { number, lines, path }),
            None => problems.push(Problem::at(EXCEPTIONS, number, "should be `<lines> <path>`")),
        }
    }
    (entries, problems)
}

/// Nobody reads or edits generated files.
fn is_generated(file: &SourceFile) -> bool {
    GENERATED.iter().any(|generated| generated.path == file.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(lines: usize, list: &str) -> Vec<String> {
        let tree = Tree::of(&[("long.rs", &"line\n".repeat(lines)), (EXCEPTIONS, list)]);
        check(&tree).into_iter().map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(problems(LIMIT, "").is_empty());
        assert_eq!(problems(LIMIT + 1, ""), ["long.rs: has 501 lines, 500 is the limit: find the seam"]);
    }

    #[test]
    fn an_exception_may_only_shrink() {
        assert!(problems(600, "# why\n600 long.rs\n").is_empty());
        let at = "xtask/tidy-exceptions.txt:1: long.rs";
        assert_eq!(problems(601, "600 long.rs"), [format!("{at} grew from 600 to 601 lines")]);
        assert_eq!(problems(590, "600 long.rs"), [format!("{at} shrank: write 590 instead of 600")]);
        assert_eq!(problems(400, "600 long.rs"), [format!("{at} is short enough now: delete the entry")]);
    }

    #[test]
    fn the_list_itself_is_checked() {
        assert_eq!(problems(1, "600 gone.rs").len(), 1);
        assert_eq!(problems(1, "long.rs 600").len(), 1);
    }

    #[test]
    fn generated_files_may_be_long() {
        let tree = Tree::of(&[(GENERATED[0].path, &"line\n".repeat(900))]);
        assert!(check(&tree).is_empty());
    }
}

//! Functions in TypeScript and Svelte stay short; clippy says the same of Rust.
//!
//! No parser: Prettier lays out the code, so a function ends where a line with its own indentation begins with `}`.

use super::Problem;
use crate::codegen::GENERATED;
use crate::workspace::Tree;

/// Most lines a function may have, its first and last counted.
const LIMIT: usize = 80;

const EXTENSIONS: &[&str] = &["ts", "svelte", "js", "mjs", "cjs"];

/// Words that begin a block which is no function.
const OTHER_BLOCKS: &[&str] = &[
    "if",
    "for",
    "while",
    "switch",
    "do",
    "else",
    "try",
    "catch",
    "finally",
    "class",
    "interface",
    "return",
];

/// Calls whose function only groups others.
const GROUPS: &[&str] = &["describe(", "test.describe(", "suite("];

/// Finds functions that are too long.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.with_extension(EXTENSIONS) {
        if GENERATED.iter().any(|generated| generated.path == file.path) {
            continue;
        }
        let lines: Vec<&str> = file.text.lines().collect();
        for (start, line) in lines.iter().enumerate().filter(|(_, line)| opens_function(line)) {
            let length = length(&lines[start..]);
            if length > LIMIT {
                let message = format!("`{}` has {length} lines, {LIMIT} is the limit", line.trim());
                problems.push(Problem::at(&file.path, start + 1, message));
            }
        }
    }
    problems
}

/// Whether a function's body begins at the end of this line: after its name and parameters, or after the last line
/// of parameters that stand on lines of their own.
fn opens_function(line: &str) -> bool {
    let line = line.trim();
    if !line.ends_with('{') || GROUPS.iter().any(|group| line.starts_with(group)) {
        return false;
    }
    let first_word: String =
        line.trim_start_matches("} ").chars().take_while(|c| c.is_alphanumeric()).collect();
    let is_other_block = OTHER_BLOCKS.contains(&first_word.as_str());
    let is_named = !is_other_block && (line.contains(") {") || line.contains("): "));
    is_named || line.contains("function ") || line.ends_with("=> {")
}

/// Lines from the first one to the one that closes it.
fn length(lines: &[&str]) -> usize {
    let depth = indentation(lines[0]);
    let end = lines
        .iter()
        .skip(1)
        .position(|line| indentation(line) == depth && line.trim_start().starts_with('}'));
    end.map_or(1, |end| end + 2)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(first: &str, last: &str, lines: usize) -> usize {
        let body = "\t\tstep();\n".repeat(lines - 2);
        let text = format!("class Any {{\n\t{first}\n{body}\t{last}\n}}\n");
        check(&Tree::of(&[("web/file.ts", &text)])).len()
    }

    #[test]
    fn long_functions_of_every_kind_are_found() {
        for (first, last) in [
            ("export async function run() {", "}"),
            ("const run = async (a: number) => {", "};"),
            ("private run(a: number): Promise<void> {", "}"),
            ("test('does it', async ({ page }) => {", "});"),
            ("): void {", "}"),
        ] {
            assert_eq!(found(first, last, LIMIT + 1), 1, "{first} was missed");
            assert_eq!(found(first, last, LIMIT), 0, "{first} is short enough");
        }
    }

    #[test]
    fn what_is_no_function_may_be_long() {
        for first in
            ["describe('room', () => {", "const table = {", "if (a) {", "} else if (b(c)) {", "switch (a) {"]
        {
            assert_eq!(found(first, "}", 200), 0, "{first} is no function");
        }
    }
}

//! How many tests passed and failed, as the runners themselves say in their output.
//!
//! A skipped, ignored or flaky test counts as failed: what is not shown to work must not look as if it were.

/// What runners call tests that did not pass.
const NOT_PASSED: &[&str] =
    &["failed", "fail", "cancelled", "interrupted", "did not run", "ignored", "skipped", "todo", "flaky"];

/// A number of checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Counts {
    /// One check that passed.
    pub(super) const PASSED: Self = Self { passed: 1, failed: 0 };
    /// One check that failed.
    pub(super) const FAILED: Self = Self { passed: 0, failed: 1 };

    /// One check with this result.
    pub(super) fn one(passed: bool) -> Self {
        if passed { Self::PASSED } else { Self::FAILED }
    }

    /// Adds others to these.
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// What a test runner's output and its exit status say together: a run that failed without a failed test
    /// (it did not compile, or a test ended the whole process) is one failure more, and so is a run without any test
    /// where there must be some.
    pub(super) fn of_run(self, succeeded: bool, must_count: bool) -> Self {
        match (succeeded, self) {
            (false, Self { passed, failed: 0 }) => Self { passed, failed: 1 },
            (true, Self { passed: 0, failed: 0 }) if must_count => Self::FAILED,
            (true, Self { passed: 0, failed: 0 }) => Self::PASSED,
            _ => self,
        }
    }

    /// Reads a line of a Rust test program: `test result: ok. 4 passed; 0 failed; 0 ignored; …`.
    pub(super) fn observe_cargo(&mut self, line: &str) {
        if let Some(summary) = line.trim_start().strip_prefix("test result: ") {
            self.add_parts(summary.split(['.', ';']));
        }
    }

    /// Reads a line of a JavaScript runner: Vitest's `Tests  1 failed | 4 passed (5)`, Playwright's `4 passed (3s)`,
    /// or Node's own `# pass 4`.
    pub(super) fn observe_javascript(&mut self, line: &str) {
        let line = line.trim();
        if let Some(summary) = line.strip_prefix("Tests ") {
            self.add_parts(before_bracket(summary).split('|'));
        } else if let Some(summary) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
            if let Some((word, number)) = summary.split_once(' ') {
                self.add_part(number, word);
            }
        } else {
            self.add_parts(std::iter::once(before_bracket(line)));
        }
    }

    fn add_parts<'l>(&mut self, parts: impl Iterator<Item = &'l str>) {
        for part in parts {
            if let Some((number, word)) = part.trim().split_once(' ') {
                self.add_part(number, word);
            }
        }
    }

    fn add_part(&mut self, number: &str, word: &str) {
        let Ok(number) = number.trim().parse::<u64>() else {
            return;
        };
        match word.trim() {
            "passed" | "pass" => self.passed += number,
            word if NOT_PASSED.contains(&word) => self.failed += number,
            _ => {}
        }
    }
}

fn before_bracket(text: &str) -> &str {
    text.split_once(" (").map_or(text, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn javascript(lines: &[&str]) -> (u64, u64) {
        let mut counts = Counts::default();
        for line in lines {
            counts.observe_javascript(line);
        }
        (counts.passed, counts.failed)
    }

    #[test]
    fn rust_summaries_are_added() {
        let mut counts = Counts::default();
        counts.observe_cargo("running 4 tests");
        counts.observe_cargo(
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.1s",
        );
        counts
            .observe_cargo("test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out");
        assert_eq!(counts, Counts { passed: 6, failed: 2 });
    }

    #[test]
    fn vitest_summaries_are_added() {
        assert_eq!(javascript(&[" Test Files  1 passed (1)", "      Tests  4 passed (4)"]), (4, 0));
        assert_eq!(javascript(&["      Tests  1 failed | 4 passed | 2 skipped (7)"]), (4, 3));
    }

    #[test]
    fn playwright_summaries_are_added() {
        assert_eq!(
            javascript(&["Running 5 tests using 1 worker", "  1 failed", "  1 flaky", "  3 passed (4.2s)"]),
            (3, 2)
        );
        assert_eq!(javascript(&["  ✓  1 [chromium] › rooms.spec.ts:3:1 › 2 passed (1s)"]), (0, 0));
    }

    #[test]
    fn node_summaries_are_added() {
        assert_eq!(
            javascript(&["# tests 5", "# pass 4", "# fail 1", "ℹ pass 2", "ℹ duration_ms 30"]),
            (6, 1)
        );
    }

    #[test]
    fn a_run_that_dies_without_a_count_is_a_failure() {
        assert_eq!(Counts::default().of_run(false, true), Counts::FAILED);
        assert_eq!(Counts { passed: 9, failed: 0 }.of_run(false, true), Counts { passed: 9, failed: 1 });
        assert_eq!(Counts { passed: 9, failed: 2 }.of_run(false, true), Counts { passed: 9, failed: 2 });
    }

    #[test]
    fn a_run_without_tests_passes_only_where_it_may() {
        assert_eq!(Counts::default().of_run(true, true), Counts::FAILED);
        assert_eq!(Counts::default().of_run(true, false), Counts::PASSED);
    }
}

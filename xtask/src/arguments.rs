//! The command line: a few tasks, read by hand so that this crate compiles in a moment.

use anyhow::{Context, Result, bail};

const HELP: &str = "\
The project's own tasks.

Usage: cargo xtask <task> [options]

Tasks:
  test         Check and test everything, as CI does; the last line says `N passed, N failed`
  tidy         Check the rules that no compiler knows: who may depend on whom, sizes, markers, links
  codegen      Write the committed generated files anew; --check only says whether they are stale
  postgres     Run a throwaway PostgreSQL until Ctrl-C and print its URL
  conformance  Run the Autobahn cases against the WebSocket codec
  fuzz         Look for input that breaks what is read from clients
  counts       Count the instructions of the hot paths; --update writes down how many there are

`cargo xtask <task> --help` tells more.
";

const TEST_HELP: &str = "\
Check and test everything, as CI does.

Usage: cargo xtask test [--only STEP…] [--list]

Options:
  --only STEP…   Run these steps alone (names separated by blanks or commas)
  --list         Print the steps and what each does

Environment:
  PARLOR_TEST_POSTGRES_URL   Use this PostgreSQL instead of a throwaway one
  PARLOR_TEST_LOGS           Folder of chat logs that the replay tests read
  CHROMIUM                   The browser to drive, if it isn't the one in PATH
";

const TIDY_HELP: &str = "\
Check the rules that no compiler knows. Prints one line a violation.

Usage: cargo xtask tidy

Files that are too long stand in xtask/tidy-exceptions.txt with their present length, which may only shrink.
";

const CODEGEN_HELP: &str = "\
Write the committed generated files anew.

Usage: cargo xtask codegen [--check]

Options:
  --check   Write nothing; fail and name the files that are stale
";

const POSTGRES_HELP: &str = "\
Run a throwaway PostgreSQL in a temporary folder and print its URL; Ctrl-C stops it and removes its data.

Usage: cargo xtask postgres

In another terminal: export PARLOR_TEST_POSTGRES_URL=<url>, then for example `cargo test -p parlor-store`.
";

const CONFORMANCE_HELP: &str = "\
Run the cases of the Autobahn suite against the WebSocket codec, with compression on. Names every case that is not OK,
prints a table of the verdicts, and fails if a case is FAILED.

Usage: cargo xtask conformance [--cases CASES]

Options:
  --cases CASES   Run these alone: chapters, sections or cases, separated by blanks or commas (`1`, `9.7`, `7.13.1`)

The chapters are 1 framing, 2 pings, 3 reserved bits, 4 opcodes, 5 fragments, 6 UTF-8, 7 closing, 9 limits, 10 splitting,
12 and 13 compression. NON-STRICT is allowed though not recommended, INFORMATIONAL neither right nor wrong.

It needs Python 3.9 or newer with venv and, the first time, the Python package index: the cases are kept in
`~/.cache/parlor/conformance` (or below XDG_CACHE_HOME), which may be deleted at any time.
";

const FUZZ_HELP: &str = "\
Look for input that breaks what is read from clients. Fails if there is some, and says where it is.

Usage: cargo xtask fuzz [--seconds N] [TARGET…]

Options:
  --seconds N   How long each target runs (60)

Targets, all of them if none is named:
  frames     what a client sends after the handshake: however it is cut, the same must come of it
  commands   what a client says in a frame, as JSON and in the binary encoding

It needs a C++ compiler, and no other Rust than the one that compiles everything else. What runs learn is kept in
`~/.cache/parlor/fuzz` (or below XDG_CACHE_HOME).
";

const COUNTS_HELP: &str = "\
Count the instructions that the hot paths of the codec take for a message, and compare them with xtask/counts.txt. Fails
if one takes over 5 % more. Needs Valgrind.

Usage: cargo xtask counts [--update]

Options:
  --update   Write what is counted into xtask/counts.txt, and compare nothing
";

/// How long each fuzz target runs if nothing else is asked for, in seconds.
const FUZZ_SECONDS: u64 = 60;
/// The longest that a target may run, in seconds: a week.
const MAX_FUZZ_SECONDS: u64 = 7 * 24 * 60 * 60;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print this text.
    Help(&'static str),
    /// Run the test steps, all of them when `only` is empty.
    Test {
        /// Names of steps.
        only: Vec<String>,
    },
    /// Name the test steps.
    ListSteps,
    /// Check the tree.
    Tidy,
    /// Regenerate files, or say whether they are stale.
    Codegen {
        /// Whether to leave the files alone.
        check: bool,
    },
    /// Run the cases of the WebSocket standard.
    Conformance {
        /// Chapters, sections or cases; all of them when it is empty.
        cases: Vec<String>,
    },
    /// Count instructions.
    Counts {
        /// Whether to write them down.
        update: bool,
    },
    /// Look for input that breaks a property.
    Fuzz {
        /// How long each target runs.
        seconds: u64,
        /// Names of targets; all of them when it is empty.
        targets: Vec<String>,
    },
    /// Run a database until interrupted.
    Postgres,
}

/// Reads the command line, without the program's name.
pub(crate) fn parse(arguments: &[String]) -> Result<Task> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some((&task, options)) = arguments.split_first() else {
        bail!("which task?");
    };
    let wants_help = options.iter().any(|option| is_help(option));
    match task {
        "help" => Ok(Task::Help(HELP)),
        _ if is_help(task) => Ok(Task::Help(HELP)),
        "test" if wants_help => Ok(Task::Help(TEST_HELP)),
        "test" => parse_test(options),
        "tidy" if wants_help => Ok(Task::Help(TIDY_HELP)),
        "tidy" => no_options(options, Task::Tidy),
        "codegen" if wants_help => Ok(Task::Help(CODEGEN_HELP)),
        "codegen" if options == ["--check"] => Ok(Task::Codegen { check: true }),
        "codegen" => no_options(options, Task::Codegen { check: false }),
        "postgres" if wants_help => Ok(Task::Help(POSTGRES_HELP)),
        "postgres" => no_options(options, Task::Postgres),
        "conformance" if wants_help => Ok(Task::Help(CONFORMANCE_HELP)),
        "conformance" => Ok(Task::Conformance { cases: parse_cases(options)? }),
        "fuzz" if wants_help => Ok(Task::Help(FUZZ_HELP)),
        "fuzz" => parse_fuzz(options),
        "counts" if wants_help => Ok(Task::Help(COUNTS_HELP)),
        "counts" if options == ["--update"] => Ok(Task::Counts { update: true }),
        "counts" => no_options(options, Task::Counts { update: false }),
        unknown => bail!("there is no task `{unknown}`"),
    }
}

fn is_help(argument: &str) -> bool {
    matches!(argument, "-h" | "--help")
}

fn no_options(options: &[&str], task: Task) -> Result<Task> {
    match options.first() {
        None => Ok(task),
        Some(option) => bail!("unexpected argument `{option}`"),
    }
}

fn parse_test(options: &[&str]) -> Result<Task> {
    let Some((&first, rest)) = options.split_first() else {
        return Ok(Task::Test { only: Vec::new() });
    };
    if first == "--list" && rest.is_empty() {
        return Ok(Task::ListSteps);
    }
    let only = parse_list("--only", first, rest)?;
    if only.is_empty() {
        bail!("`--only` needs the name of a step; `cargo xtask test --list` knows them");
    }
    Ok(Task::Test { only })
}

fn parse_cases(options: &[&str]) -> Result<Vec<String>> {
    let Some((&first, rest)) = options.split_first() else {
        return Ok(Vec::new());
    };
    let cases = parse_list("--cases", first, rest)?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(wrong) = cases.iter().find(|case| !case.split('.').all(is_number)) {
        bail!("`{wrong}` can't be a case; one is called like `7`, `7.3` or `7.3.1`");
    }
    if cases.is_empty() {
        bail!("`--cases` needs chapters, sections or cases, such as `7` or `9.1.1`");
    }
    Ok(cases)
}

fn parse_fuzz(options: &[&str]) -> Result<Task> {
    let (mut seconds, mut targets) = (FUZZ_SECONDS, Vec::new());
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        let value = match option.strip_prefix("--seconds") {
            Some("") => rest.next().copied().unwrap_or_default(),
            Some(value) if value.starts_with('=') => &value[1..],
            _ if option.starts_with('-') => bail!("unexpected argument `{option}`"),
            _ => {
                targets.push((*option).to_owned());
                continue;
            }
        };
        // libFuzzer takes 0 for ever.
        seconds =
            value.parse().ok().filter(|seconds| (1..=MAX_FUZZ_SECONDS).contains(seconds)).with_context(
                || format!("`--seconds` needs a whole number from 1 to {MAX_FUZZ_SECONDS}, not `{value}`"),
            )?;
    }
    Ok(Task::Fuzz { seconds, targets })
}

/// Names behind an option, separated by blanks or commas.
fn parse_list(option: &str, first: &str, rest: &[&str]) -> Result<Vec<String>> {
    let named = match first.strip_prefix(option) {
        Some("") => rest.join(","),
        Some(value) if value.starts_with('=') => format!("{},{}", &value[1..], rest.join(",")),
        _ => bail!("unexpected argument `{first}`"),
    };
    Ok(named.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn steps_are_separated_by_blanks_or_commas() {
        let expected = Task::Test { only: vec!["format".to_owned(), "tidy".to_owned()] };
        for line in ["test --only format tidy", "test --only format,tidy", "test --only=format tidy"] {
            assert_eq!(parsed(line).unwrap(), expected, "{line}");
        }
        assert_eq!(parsed("test").unwrap(), Task::Test { only: Vec::new() });
    }

    #[test]
    fn cases_are_numbers() {
        let cases = ["7", "9.1", "13.2.1"].map(str::to_owned).to_vec();
        for line in ["conformance --cases 7 9.1 13.2.1", "conformance --cases=7,9.1,13.2.1"] {
            assert_eq!(parsed(line).unwrap(), Task::Conformance { cases: cases.clone() }, "{line}");
        }
        assert_eq!(parsed("conformance").unwrap(), Task::Conformance { cases: Vec::new() });
    }

    #[test]
    fn fuzzing_takes_targets_and_a_time() {
        let expected = Task::Fuzz { seconds: 7, targets: vec!["frames".to_owned()] };
        for line in ["fuzz frames --seconds 7", "fuzz --seconds=7 frames"] {
            assert_eq!(parsed(line).unwrap(), expected, "{line}");
        }
        assert_eq!(parsed("fuzz").unwrap(), Task::Fuzz { seconds: FUZZ_SECONDS, targets: Vec::new() });
        for line in ["fuzz --seconds", "fuzz --seconds 0", "fuzz --seconds=x", "fuzz --fast"] {
            assert!(parsed(line).is_err(), "{line} was taken");
        }
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        let conformance =
            ["conformance 7", "conformance --cases", "conformance --cases 7.x", "conformance --cases 7."];
        let others = ["", "tset", "test --fast", "test --only", "tidy now", "codegen --chek"];
        for line in others.into_iter().chain(conformance) {
            assert!(parsed(line).is_err(), "{line:?} was taken");
        }
    }

    #[test]
    fn every_task_explains_itself() {
        for task in ["test", "tidy", "codegen", "postgres", "conformance", "fuzz", "counts"] {
            let Task::Help(text) = parsed(&format!("{task} --help")).unwrap() else {
                panic!("{task} ran instead of explaining itself");
            };
            assert!(text.contains(&format!("cargo xtask {task}")), "{text}");
            assert!(HELP.contains(task));
        }
    }
}

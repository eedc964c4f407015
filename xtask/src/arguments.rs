//! The command line: five tasks, read by hand so that this crate compiles in a moment.

use anyhow::{Result, bail};

const HELP: &str = "\
The project's own tasks.

Usage: cargo xtask <task> [options]

Tasks:
  test       Check and test everything, as CI does; the last line says `N passed, N failed`
  tidy       Check the rules that no compiler knows: who may depend on whom, sizes, markers, links
  codegen    Write the committed generated files anew; --check only says whether they are stale
  postgres   Run a throwaway PostgreSQL until Ctrl-C and print its URL

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
    let named = match first.strip_prefix("--only") {
        Some("") => rest.join(","),
        Some(value) if value.starts_with('=') => format!("{},{}", &value[1..], rest.join(",")),
        _ => bail!("unexpected argument `{first}`"),
    };
    let only: Vec<String> =
        named.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if only.is_empty() {
        bail!("`--only` needs the name of a step; `cargo xtask test --list` knows them");
    }
    Ok(Task::Test { only })
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
    fn what_is_not_understood_is_an_error() {
        for line in ["", "tset", "test --fast", "test --only", "tidy now", "codegen --chek"] {
            assert!(parsed(line).is_err(), "{line:?} was taken");
        }
    }

    #[test]
    fn every_task_explains_itself() {
        for task in ["test", "tidy", "codegen", "postgres"] {
            let Task::Help(text) = parsed(&format!("{task} --help")).unwrap() else {
                panic!("{task} ran instead of explaining itself");
            };
            assert!(text.contains(&format!("cargo xtask {task}")), "{text}");
            assert!(HELP.contains(task));
        }
    }
}

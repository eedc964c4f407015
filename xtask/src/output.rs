//! What people see: headings, durations, and child processes whose output is shown while it is read.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

/// Prints a line on standard output at once, so that it keeps its place among the children's lines.
/// A reader who went away is no reason to stop testing.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// A duration as people say it: `0.4 s`, `3 min 12 s`.
pub(crate) fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

/// Runs a command to its end, showing its standard output line by line and handing each line to `observe`
/// without colours. Standard error goes straight to ours. Answers whether the command succeeded.
pub(crate) fn stream(command: &mut Command, mut observe: impl FnMut(&str)) -> Result<bool> {
    say(&format!("$ {}", spelled(command)));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't run `{}`", command.get_program().to_string_lossy()))?;
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\n', '\r']);
            say(text);
            observe(&without_colours(text));
            line.clear();
        }
    }
    Ok(child.wait()?.success())
}

/// The same for a command whose output means nothing to us.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    stream(command, |_| {})
}

/// The command as one would type it.
fn spelled(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Removes terminal escape sequences (`ESC [ … letter`), which runners print even into pipes when `CI` is set.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_removed() {
        assert_eq!(
            without_colours("\u{1b}[2m Tests \u{1b}[22m \u{1b}[1;32m3 passed\u{1b}[39m"),
            " Tests  3 passed"
        );
        assert_eq!(without_colours("plain"), "plain");
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(430)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(192)), "3 min 12 s");
        assert_eq!(duration(Duration::from_secs(61)), "1 min 01 s");
    }

    #[test]
    fn a_child_is_read_line_by_line_and_its_end_is_told() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "printf 'one\\ntwo'; exit 3"]);
        let succeeded = stream(&mut command, |line| lines.push(line.to_owned())).unwrap();
        assert!(!succeeded);
        assert_eq!(lines, ["one", "two"]);
        assert!(stream(&mut Command::new("there-is-no-such-program"), |_| {}).is_err());
    }
}

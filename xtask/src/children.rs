//! Child processes: shown and read line by line while they run, and ended when they hang.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::output::{duration, say};

/// How long a command may take. One that takes longer hangs: a cold build of everything is done in half of it.
const LIMIT: Duration = Duration::from_mins(15);

/// How long the processes that we killed may take to go.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lines that a child may be ahead of us.
const LINES_AHEAD: usize = 1024;

/// Runs a command to its end, showing its standard output line by line and handing each line to `observe`
/// without colours. Standard error goes straight to ours. Answers whether the command succeeded.
pub(crate) fn stream(command: &mut Command, observe: impl FnMut(&str)) -> Result<bool> {
    stream_within(LIMIT, command, observe)
}

/// The same for a command that may take as long as this.
pub(crate) fn stream_within(
    limit: Duration,
    command: &mut Command,
    mut observe: impl FnMut(&str),
) -> Result<bool> {
    say(&format!("$ {}", spelled(command)));
    read_within(limit, command, |line| {
        say(line);
        observe(&without_colours(line));
    })
}

/// The same for a command whose output means nothing to us.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    stream(command, |_| {})
}

/// Runs a command that speaks to us alone: nothing is shown of its standard output, and each line is handed to `observe`.
/// It is ended if it takes longer than `limit`.
pub(crate) fn read_within(
    limit: Duration,
    command: &mut Command,
    mut observe: impl FnMut(&str),
) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't run `{}`", command.get_program().to_string_lossy()))?;
    let lines = lines_of(child.stdout.take().context("the child has no output")?);
    let deadline = Instant::now() + limit;
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => observe(&line),
            Err(RecvTimeoutError::Disconnected) => return Ok(child.wait()?.success()),
            Err(RecvTimeoutError::Timeout) => {
                say(&format!("ended: it took more than {}", duration(limit)));
                end_with_descendants(&mut child);
                wait_for_silence(&lines);
                return Ok(false);
            }
        }
    }
}

/// Reads lines on a thread of its own, so that waiting for one can time out. The thread ends with the child's output.
fn lines_of(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = sync_channel(LINES_AHEAD);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            line.clear();
            if sender.send(text).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Kills a child and all that it started: killing cargo alone would leave the test that hangs.
fn end_with_descendants(child: &mut Child) {
    let ids: Vec<String> = descendants(child.id(), &parents()).iter().map(u32::to_string).collect();
    let _ = child.kill();
    let _ = Command::new("sh").args(["-c", "kill -KILL \"$@\"", "kill"]).args(ids).status();
    let _ = child.wait();
}

/// Waits until nobody holds the child's output any more, but not for ever.
fn wait_for_silence(lines: &Receiver<String>) {
    let deadline = Instant::now() + PATIENCE;
    while lines.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {}
}

/// Every process and its parent; empty where there is no `/proc`.
fn parents() -> HashMap<u32, u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pair = |entry: std::fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // `<id> (<name>) <state> <parent> …`, where the name may hold anything.
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((id, parent))
    };
    processes.filter_map(pair).collect()
}

fn descendants(ancestor: u32, parents: &HashMap<u32, u32>) -> Vec<u32> {
    let mut found = Vec::new();
    let mut generation = vec![ancestor];
    while !generation.is_empty() {
        let born_of = |(_, parent): &(&u32, &u32)| generation.contains(parent);
        generation = parents.iter().filter(born_of).map(|(id, _)| *id).collect();
        found.extend(&generation);
    }
    found
}

/// The command as one would type it, without the folder of its program.
fn spelled(command: &Command) -> String {
    let program = command.get_program();
    let program = Path::new(program).file_name().unwrap_or(program);
    let words = std::iter::once(program).chain(command.get_args());
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

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn colours_are_removed() {
        let coloured = "\u{1b}[2m Tests \u{1b}[22m \u{1b}[1;32m3 passed\u{1b}[39m";
        assert_eq!(without_colours(coloured), " Tests  3 passed");
        assert_eq!(without_colours("plain"), "plain");
    }

    #[test]
    fn a_child_is_read_line_by_line_and_its_end_is_told() {
        let mut lines = Vec::new();
        let succeeded = stream(&mut shell("printf 'one\\ntwo'; exit 3"), |line| {
            lines.push(line.to_owned());
        })
        .unwrap();
        assert!(!succeeded);
        assert_eq!(lines, ["one", "two"]);
        assert!(stream(&mut Command::new("there-is-no-such-program"), |_| {}).is_err());
    }

    #[test]
    fn a_child_that_hangs_is_ended_with_its_own_children() {
        let started = Instant::now();
        let limit = Duration::from_millis(300);
        let succeeded = read_within(limit, &mut shell("sh -c 'sleep 600'; echo never"), |_| {}).unwrap();
        assert!(!succeeded);
        assert!(started.elapsed() < PATIENCE, "something still held the output");
    }

    #[test]
    fn commands_are_shown_as_one_would_type_them() {
        assert_eq!(spelled(Command::new("/usr/bin/npm").args(["run", "lint"])), "npm run lint");
    }

    #[test]
    fn descendants_are_found_through_generations() {
        let parents = HashMap::from([(2, 1), (3, 2), (4, 3), (5, 1), (9, 8)]);
        let mut found = descendants(2, &parents);
        found.sort_unstable();
        assert_eq!(found, [3, 4]);
    }
}

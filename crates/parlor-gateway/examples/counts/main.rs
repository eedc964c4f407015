//! What every message goes through, so often as it is told: `cargo xtask counts` counts the instructions. Nothing here
//! measures time.
//!
//! Without arguments it prints the names of what can be counted; `counts <name> <rounds>` does it.

#![expect(clippy::expect_used, reason = "where nothing can be counted the program may end as it likes")]

mod append;
mod codec;
mod flush;

use std::process::ExitCode;

/// A name, and what is done so many times.
type Path = (&'static str, fn(usize));

const PATHS: &[Path] = &[
    ("decode-text-100", codec::decode_one),
    ("decode-text-100-in-two-pieces", codec::decode_pieces),
    ("decode-16-texts-100", codec::decode_batch),
    ("encode-text-100", codec::encode),
    ("build-text-100", codec::build),
    ("append-text-100-in-groups", append::append),
    ("flush-text-100-to-10", flush::to_ten),
    ("flush-text-100-to-100", flush::to_a_hundred),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        for (name, _) in PATHS {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    }
    let path = PATHS.iter().find(|(name, _)| *name == arguments[0]);
    let rounds = arguments.get(1).and_then(|rounds| rounds.parse().ok());
    let (Some((_, path)), Some(rounds)) = (path, rounds) else {
        eprintln!("usage: counts [<name> <rounds>]; without arguments it prints the names");
        return ExitCode::FAILURE;
    };
    path(rounds);
    ExitCode::SUCCESS
}

/// Bytes of the text that is sent.
const TEXT_BYTES: usize = 100;

fn text() -> String {
    // It ends within a word: a blank at the end would be no plain text, and that is the rarer way.
    "a message of 100 bytes, ".chars().cycle().take(TEXT_BYTES).collect()
}

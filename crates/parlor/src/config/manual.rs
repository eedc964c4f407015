//! The manual, made from the documentation comments of the sections: as an annotated file, and as a page.

use std::fmt::Write as _;

use super::Configuration;
use super::section::{Section, Setting};

/// The width to which comments are wrapped.
const WIDTH: usize = 100;

/// An annotated `parlor.toml` with every setting at its default.
pub(crate) fn example() -> String {
    let mut text = String::from(EXAMPLE_HEAD);
    for section in Configuration::default().sections() {
        text.push('\n');
        comment(&mut text, &joined(section.about()));
        let _ = writeln!(text, "[{}]", section.name());
        for setting in section.settings() {
            text.push('\n');
            comment(&mut text, &joined(setting.documentation));
            comment(&mut text, &format!("Expects {}. Variable: {}.", setting.expected, setting.variable));
            let _ = writeln!(text, "#{} = {}", setting.name, default_or_example(&setting));
        }
    }
    text
}

/// The page of the manual about the configuration, in Markdown.
pub(crate) fn reference() -> String {
    let mut text = String::from(REFERENCE_HEAD);
    for section in Configuration::default().sections() {
        let _ = write!(text, "\n## [{}]\n\n{}\n", section.name(), joined(section.about()));
        for setting in section.settings() {
            describe(&mut text, section, &setting);
        }
    }
    text
}

const EXAMPLE_HEAD: &str = "\
# The configuration of Parlor. Printed by `parlor config example`.
#
# Every line that begins with `#name =` shows a setting at its default, or an example where there is none: remove the
# `#` to change it. Flags are stronger than the environment, the environment than this file.
";

const REFERENCE_HEAD: &str = "\
<!-- Written by `parlor config reference`. Do not edit: change the comments in crates/parlor/src/config/sections/. -->
# Configuration

Parlor needs no configuration to try it. What can be set is set by flags, by variables of the environment or in a
file, and in that order: a flag is stronger than a variable, a variable is stronger than the file, the file is stronger
than the default.

The file is `parlor.toml` in the working directory, or the one that `--config` or `PARLOR_CONFIG` names. The server
refuses to start with a file that it does not understand whole, and says which line is wrong. An empty variable counts
as none. A variable whose name begins with `PARLOR_` and which does not exist gives a warning.

`parlor config example` prints an annotated file with every default, `parlor config check` says what a server would
use and from where, and `parlor config reference` prints this page.

Lengths of time are written as a number and a unit: `s`, `min`, `h` or `d`, for example `\"30 d\"`.
";

fn describe(text: &mut String, section: &dyn Section, setting: &Setting) {
    let _ =
        write!(text, "\n### `{}.{}`\n\n{}\n\n", section.name(), setting.name, joined(setting.documentation));
    let _ = writeln!(text, "- Expects {}", setting.expected);
    let _ = match &setting.value {
        Some(value) => writeln!(text, "- Default: `{}`", setting.literal(value)),
        None => writeln!(text, "- Default: none; for example `{}`", default_or_example(setting)),
    };
    let _ = writeln!(text, "- Variable: `{}`", setting.variable);
    if let Some(flag) = flag(section.name(), setting.name) {
        let _ = writeln!(text, "- Flag: `{flag}`");
    }
}

/// The flag that sets a setting, where there is one.
fn flag(section: &str, setting: &str) -> Option<&'static str> {
    match (section, setting) {
        ("server", "listen") => Some("--listen"),
        ("server", "data_dir") => Some("--data-dir"),
        _ => None,
    }
}

fn default_or_example(setting: &Setting) -> String {
    let value = setting.value.as_deref().or(setting.example).unwrap_or_default();
    setting.literal(value)
}

/// The lines of a documentation comment as one text.
fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Writes a text as comment lines.
fn comment(text: &mut String, words: &str) {
    let mut line = String::from("#");
    for word in words.split(' ') {
        if line.len() + 1 + word.len() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}

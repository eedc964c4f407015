//! What a server would use, and where each value comes from.

use std::fmt::Write as _;

use super::load::Loaded;

/// One line a setting: its value as the file would write it, and its origin.
pub(crate) fn summary(loaded: &Loaded) -> String {
    let mut text = match &loaded.file {
        Some(file) => format!("The configuration is good. File: {}\n", file.display()),
        None => "The configuration is good. There is no file.\n".to_owned(),
    };
    for warning in &loaded.warnings {
        let _ = writeln!(text, "Warning: {warning}");
    }
    for section in loaded.configuration.sections() {
        let _ = writeln!(text, "\n[{}]", section.name());
        for setting in section.settings() {
            let key = (section.name().to_owned(), setting.name.to_owned());
            let origin = loaded.origins.get(&key).map_or("default".to_owned(), ToString::to_string);
            let value = setting.value.as_ref().map_or("(none)".to_owned(), |value| setting.literal(value));
            let _ = writeln!(text, "{} = {value}  # {origin}", setting.name);
        }
    }
    text
}

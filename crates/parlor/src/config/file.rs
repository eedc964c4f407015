//! The file `parlor.toml`: sections of settings, each problem told with its line.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::load::{Loader, Origin};
use super::problem::Problem;
use super::value::Kind;

/// A file that was read.
pub(super) struct File<'a> {
    /// Its path, as it was given.
    pub(super) name: &'a str,
    /// What stands in it.
    pub(super) text: &'a str,
}

impl File<'_> {
    /// Sets what the file sets.
    pub(super) fn apply(&self, loader: &mut Loader) {
        match DeTable::parse(self.text) {
            Ok(table) => self.apply_sections(table.into_inner(), loader),
            Err(error) => loader.problems.push(Problem {
                place: self.place(error.span().map_or(0, |span| span.start)),
                what: format!("this is not TOML: {}", error.message().trim_end()),
                advice: "`parlor config example` shows a whole file.".into(),
            }),
        }
    }

    fn apply_sections(&self, sections: DeTable<'_>, loader: &mut Loader) {
        for (key, value) in sections {
            let place = self.place(key.span().start);
            let name: &str = key.as_ref();
            match value.into_inner() {
                DeValue::Table(settings) if loader.has_section(name) => {
                    self.apply_settings(name, settings, loader);
                }
                DeValue::Table(_) => {
                    let what = format!("there is no section [{name}]");
                    let sections = loader.section_names();
                    loader.problems.push(Problem::unknown(place, what, name, sections.into_iter()));
                }
                _ => loader.problems.push(Self::outside(place, name, loader)),
            }
        }
    }

    /// A setting before the first section: the section is named, if the setting exists anywhere.
    fn outside(place: String, name: &str, loader: &Loader) -> Problem {
        let what = format!("`{name}` stands in no section");
        let home = loader.section_names().into_iter().find(|section| loader.setting(section, name).is_some());
        match home {
            Some(home) => Problem { place, what, advice: format!("Write [{home}] on a line before it.") },
            None => Problem::unknown(place, what, name, std::iter::empty()),
        }
    }

    fn apply_settings(&self, section: &str, settings: DeTable<'_>, loader: &mut Loader) {
        for (key, value) in settings {
            let name: &str = key.as_ref();
            let origin = Origin::File(self.place(key.span().start));
            let is_secret = (section, name) == ("database", "url_file");
            let known = loader.setting(section, if is_secret { "url" } else { name });
            let Some(setting) = known else {
                let what = format!("there is no setting `{name}` in [{section}]");
                let names = loader.setting_names(section);
                loader.problems.push(Problem::unknown(origin.to_string(), what, name, names.into_iter()));
                continue;
            };
            match written(&value, setting.kind) {
                Some(path) if is_secret => loader.set_from_file(section, setting.name, &path, &origin),
                Some(written) => loader.set(section, setting.name, &written, &origin),
                None => loader.problems.push(Problem {
                    place: origin.to_string(),
                    what: format!("`{section}.{name}` can't be of the type {}", value.get_ref().type_str()),
                    advice: format!("Expected {}.", setting.expected),
                }),
            }
        }
    }

    /// The file's name and the line of a byte of it.
    fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        format!("{}:{line}", self.name)
    }
}

/// A value as text, if it is of that kind.
fn written(value: &Spanned<DeValue<'_>>, kind: Kind) -> Option<String> {
    match (value.get_ref(), kind) {
        (DeValue::String(text), Kind::Text) => Some(text.to_string()),
        (DeValue::Integer(number), Kind::Number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        (DeValue::Boolean(boolean), Kind::Boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

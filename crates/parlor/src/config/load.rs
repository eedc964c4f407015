//! Puts the configuration together from all its sources.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::Configuration;
use super::environment::{self, Environment};
use super::file::File;
use super::problem::Problem;
use super::section::Setting;

/// The file that is read when none is named, in the working directory.
const DEFAULT_FILE: &str = "parlor.toml";

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// `--config`
    pub(crate) config: Option<PathBuf>,
    /// `--listen`
    pub(crate) listen: Option<SocketAddr>,
    /// `--data-dir`
    pub(crate) data_dir: Option<PathBuf>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(String),
    /// A line of the file.
    File(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => formatter.write_str(name),
            Self::Variable(name) => formatter.write_str(name),
            Self::File(place) => formatter.write_str(place),
        }
    }
}

/// A configuration that can be used.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The values.
    pub(crate) configuration: Configuration,
    /// Where each value that is not a default comes from, by section and setting.
    pub(crate) origins: BTreeMap<(String, String), Origin>,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// What is odd but harms nothing.
    pub(crate) warnings: Vec<Problem>,
}

/// Puts the configuration together: the defaults, then the file, then the environment, then the flags.
///
/// # Errors
/// Everything that is wrong with it, not only the first.
pub(crate) fn load(flags: &Flags, environment: &Environment) -> Result<Loaded, Vec<Problem>> {
    let mut loader = Loader::default();
    let file = loader.apply_file(flags, environment);
    environment::apply(environment, &mut loader);
    if let Some(address) = flags.listen {
        loader.set("server", "listen", &address.to_string(), &Origin::Flag("--listen"));
    }
    if let Some(folder) = &flags.data_dir {
        loader.configuration.server.data_dir.clone_from(folder);
        loader.note("server", "data_dir", &Origin::Flag("--data-dir"));
    }
    loader.refuse_several_nodes(environment);
    if loader.problems.is_empty() {
        let Loader { configuration, origins, warnings, .. } = loader;
        Ok(Loaded { configuration, origins, file, warnings })
    } else {
        Err(loader.problems)
    }
}

/// A configuration in the making.
#[derive(Debug, Default)]
pub(super) struct Loader {
    configuration: Configuration,
    origins: BTreeMap<(String, String), Origin>,
    /// What makes it unusable.
    pub(super) problems: Vec<Problem>,
    /// What is odd but harms nothing.
    pub(super) warnings: Vec<Problem>,
}

impl Loader {
    /// Sets a setting that exists, or notes that the value can't be used.
    pub(super) fn set(&mut self, section: &str, setting: &str, written: &str, origin: &Origin) {
        let known = self.setting(section, setting);
        let is_set =
            self.configuration.section_mut(section).is_some_and(|section| section.set(setting, written));
        if is_set {
            self.note(section, setting, origin);
        } else if let Some(known) = known {
            let name = format!("{section}.{setting}");
            let shown = Some(written).filter(|_| !known.is_secret);
            self.problems.push(Problem::value(origin.to_string(), &name, shown, &known.expected));
        }
    }

    /// Sets a secret to what stands in a file, without the white space around it.
    pub(super) fn set_from_file(&mut self, section: &str, setting: &str, path: &str, origin: &Origin) {
        match std::fs::read_to_string(path) {
            Ok(text) => self.set(section, setting, text.trim(), origin),
            Err(error) => self.problems.push(Problem {
                place: origin.to_string(),
                what: format!("can't read the file {path:?}: {error}"),
                advice: format!("It should hold the value of `{section}.{setting}`."),
            }),
        }
    }

    /// The section's name is one that exists.
    pub(super) fn has_section(&self, name: &str) -> bool {
        self.section_names().contains(&name)
    }

    /// The names of all sections.
    pub(super) fn section_names(&self) -> Vec<&'static str> {
        self.configuration.sections().iter().map(|section| section.name()).collect()
    }

    /// The names of a section's settings.
    pub(super) fn setting_names(&self, section: &str) -> Vec<&'static str> {
        self.settings(section).into_iter().map(|setting| setting.name).collect()
    }

    /// The setting of that name.
    pub(super) fn setting(&self, section: &str, name: &str) -> Option<Setting> {
        self.settings(section).into_iter().find(|setting| setting.name == name)
    }

    fn settings(&self, section: &str) -> Vec<Setting> {
        let sections = self.configuration.sections();
        let found = sections.iter().find(|known| known.name() == section);
        found.map(|section| section.settings()).unwrap_or_default()
    }

    /// Remembers where a value comes from.
    fn note(&mut self, section: &str, setting: &str, origin: &Origin) {
        self.origins.insert((section.to_owned(), setting.to_owned()), origin.clone());
    }

    /// Reads the file: the one that is named, or the one in the working directory if there is one.
    fn apply_file(&mut self, flags: &Flags, environment: &Environment) -> Option<PathBuf> {
        let named = flags.config.clone().map(|path| (path, "--config"));
        let named = named.or_else(|| Some((environment.get("PARLOR_CONFIG")?.into(), "PARLOR_CONFIG")));
        let (path, place) = named.unwrap_or_else(|| (DEFAULT_FILE.into(), DEFAULT_FILE));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if place == DEFAULT_FILE && error.kind() == std::io::ErrorKind::NotFound => {
                return None;
            }
            Err(error) => {
                self.problems.push(unreadable(place, &path, &error));
                return None;
            }
        };
        File { name: &path.display().to_string(), text: &text }.apply(self);
        Some(path)
    }

    /// Several nodes over Redis are not in this version. Somebody who sets the address of one would otherwise run
    /// servers that don't hear each other.
    fn refuse_several_nodes(&mut self, environment: &Environment) {
        if environment.get("PARLOR_REDIS_URL").is_some() {
            self.problems.push(Problem {
                place: "PARLOR_REDIS_URL".into(),
                what: "this version of Parlor runs on one node and does not use Redis".into(),
                advice: "Unset the variable, and run one server.".into(),
            });
        }
    }
}

fn unreadable(place: &str, path: &Path, error: &std::io::Error) -> Problem {
    Problem {
        place: place.to_owned(),
        what: format!("can't read {}: {error}", path.display()),
        advice: "Name a file that exists and that this user may read.".into(),
    }
}

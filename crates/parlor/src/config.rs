//! The configuration: what can be set, where each value comes from, and what is wrong with it.
//!
//! Flags are stronger than the environment, the environment than the file, the file than the defaults. This module
//! only reads; nothing here opens a database or a port.

mod environment;
mod file;
mod load;
mod manual;
pub(crate) mod networks;
mod problem;
mod public_url;
pub(crate) mod rate;
pub(crate) mod section;
pub(crate) mod sections;
pub(crate) mod server_name;
mod summary;
pub(crate) mod value;

pub(crate) use environment::Environment;
pub(crate) use load::{Flags, Loaded, load};
pub(crate) use manual::{example, reference};
pub(crate) use problem::Problem;
pub(crate) use public_url::PublicUrl;
pub(crate) use summary::summary;

use section::Section;
use sections::{Access, Database, Limits, Log, Server, Sessions};

/// Everything that can be set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    /// `[server]`
    pub(crate) server: Server,
    /// `[database]`
    pub(crate) database: Database,
    /// `[access]`
    pub(crate) access: Access,
    /// `[sessions]`
    pub(crate) sessions: Sessions,
    /// `[limits]`
    pub(crate) limits: Limits,
    /// `[log]`
    pub(crate) log: Log,
}

impl Configuration {
    /// Every section, in the order of the manual.
    pub(crate) fn sections(&self) -> [&dyn Section; 6] {
        [&self.server, &self.database, &self.access, &self.sessions, &self.limits, &self.log]
    }

    /// The section of that name.
    fn section_mut(&mut self, name: &str) -> Option<&mut dyn Section> {
        let sections: [&mut dyn Section; 6] = [
            &mut self.server,
            &mut self.database,
            &mut self.access,
            &mut self.sessions,
            &mut self.limits,
            &mut self.log,
        ];
        sections.into_iter().find(|section| section.name() == name)
    }
}

#[cfg(test)]
mod tests;

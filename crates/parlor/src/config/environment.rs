//! The environment: a variable for every setting. An empty variable counts as none.

use std::collections::BTreeMap;

use super::Configuration;
use super::load::{Loader, Origin};
use super::problem::Problem;

/// Variables that are no settings of the file.
const OTHERS: [&str; 3] = ["PARLOR_CONFIG", "PARLOR_DATABASE_URL_FILE", "PARLOR_REDIS_URL"];

/// Variables of the build, the tests and the crash checker, which may be set while a server starts.
const FOREIGN: [&str; 3] = ["PARLOR_TEST_", "PARLOR_PLANTED_ERROR", "PARLOR_SKIP_WEB"];

/// The variables whose names begin with `PARLOR_`, as they were when the program began.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Those of this process. A value that is not UTF-8 is kept with the wrong bytes replaced, so that the setting
    /// refuses it by name.
    pub(crate) fn of_process() -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
    }

    /// A variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        let ours = |(name, value): &(String, String)| name.starts_with("PARLOR_") && !value.is_empty();
        Self(variables.into_iter().filter(ours).collect())
    }
}

/// Sets what the environment sets, and warns of variables that mean nothing.
pub(super) fn apply(environment: &Environment, loader: &mut Loader) {
    let known = variables();
    for (variable, value) in &environment.0 {
        if let Some((section, setting)) = known.get(variable.as_str()) {
            loader.set(section, setting, value, &Origin::Variable(variable.clone()));
        } else if variable == "PARLOR_DATABASE_URL_FILE" {
            loader.set_from_file("database", "url", value, &Origin::Variable(variable.clone()));
        } else if !OTHERS.contains(&variable.as_str()) && !is_foreign(variable) {
            let names = known.keys().copied().chain(OTHERS);
            let what = "there is no such variable, so it changes nothing".to_owned();
            loader.warnings.push(Problem::unknown(variable.clone(), what, variable, names));
        }
    }
}

/// Every variable with its section and setting.
fn variables() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let defaults = Configuration::default();
    let settings = defaults.sections().map(|section| {
        let name = section.name();
        section.settings().into_iter().map(move |setting| (setting.variable, (name, setting.name)))
    });
    settings.into_iter().flatten().collect()
}

fn is_foreign(variable: &str) -> bool {
    FOREIGN.iter().any(|prefix| variable.starts_with(prefix))
}

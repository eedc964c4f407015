//! What is wrong with a configuration, in words for the person who wrote it.

use std::fmt;

/// Something that can't be used, where it stands, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where it stands: `parlor.toml:3`, `--listen`, `PARLOR_LISTEN`.
    pub(crate) place: String,
    /// What is wrong there.
    pub(crate) what: String,
    /// What to do.
    pub(crate) advice: String,
}

impl Problem {
    /// A value that its setting does not take. What was written is only repeated where it can't be a secret.
    pub(crate) fn value(place: String, setting: &str, written: Option<&str>, expected: &str) -> Self {
        let what = match written {
            Some(written) => format!("`{setting}` can't be {written:?}"),
            None => format!("`{setting}` can't be what stands there"),
        };
        Self { place, what, advice: format!("Expected {expected}.") }
    }

    /// A name that does not exist; `known` are those that do.
    pub(crate) fn unknown<'a>(
        place: String,
        what: String,
        name: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Self {
        let advice = match nearest(name, known) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => "`parlor config example` shows every setting.".to_owned(),
        };
        Self { place, what, advice }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}. {}", self.place, self.what, self.advice)
    }
}

/// The known name that is most like `name`, if any is like it.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_recognised_and_nonsense_is_not() {
        let known = ["listen", "data_dir", "public_url"];
        assert_eq!(nearest("listne", known.into_iter()), Some("listen"));
        assert_eq!(nearest("data-dir", known.into_iter()), Some("data_dir"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }
}

//! The schema's history: numbered files, each applied once, in one transaction, in order.
//!
//! One text serves both engines. Lines between `-- sqlite:` or `-- postgres:` and `-- both:` are for that engine only.

/// One step of the schema.
#[derive(Debug)]
pub(crate) struct Migration {
    /// Its number: the schema's version once it is applied.
    pub(crate) number: u32,
    /// The name of its file.
    pub(crate) name: &'static str,
    text: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal),+ $(,)?) => {
        /// Every step, in order.
        pub(crate) static ALL: &[Migration] = &[$(Migration {
            number: $number,
            name: $name,
            text: include_str!(concat!("../migrations/", $name, ".sql")),
        }),+];
    };
}
migrations!(
    1 "0001_first",
    2 "0002_nonces_by_time",
    3 "0003_written_keys",
    4 "0004_mutes",
    5 "0005_runs",
    6 "0006_sort_keys",
    7 "0007_read_positions",
);

/// The schema version that this program knows.
pub(crate) fn newest() -> u32 {
    ALL.last().map_or(0, |migration| migration.number)
}

/// Which engine a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Migration {
    /// The text for one engine.
    pub(crate) fn text(&self, engine: Engine) -> String {
        let mut present = None;
        let mut text = String::with_capacity(self.text.len());
        for line in self.text.lines() {
            match line.trim() {
                "-- both:" => present = None,
                "-- sqlite:" => present = Some(Engine::Sqlite),
                "-- postgres:" => present = Some(Engine::Postgres),
                _ if present.is_none_or(|present| present == engine) => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_each_other_and_stand_in_the_names() {
        for (index, migration) in ALL.iter().enumerate() {
            assert_eq!(migration.number as usize, index + 1, "{}", migration.name);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.number)), "{}", migration.name);
        }
    }

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), ALL.len());
    }

    #[test]
    fn a_section_is_for_one_engine() {
        let migration =
            Migration { number: 1, name: "", text: "a\n-- sqlite:\nb\n-- postgres:\nc\n-- both:\nd" };
        assert_eq!(migration.text(Engine::Sqlite), "a\nb\nd\n");
        assert_eq!(migration.text(Engine::Postgres), "a\nc\nd\n");
    }
}

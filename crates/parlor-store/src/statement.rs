//! Every SQL text of the crate is a [`Statement`] in a list, so that all of them can be prepared on both engines.

/// One SQL text. Portable where it can be: `$1..$n` in order of first use, as SQLite numbers them by appearance.
#[derive(Debug)]
pub(crate) struct Statement {
    /// For messages: the name of its constant.
    pub(crate) name: &'static str,
    /// The text for SQLite, if SQLite uses it.
    pub(crate) sqlite: Option<&'static str>,
    /// The text for PostgreSQL, if PostgreSQL uses it.
    pub(crate) postgres: Option<&'static str>,
}

impl Statement {
    /// One text for both.
    pub(crate) const fn portable(name: &'static str, text: &'static str) -> Self {
        Self { name, sqlite: Some(text), postgres: Some(text) }
    }

    /// A text for each, where the engines must differ.
    pub(crate) const fn split(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self { name, sqlite: Some(sqlite), postgres: Some(postgres) }
    }

    /// A text that only SQLite runs.
    pub(crate) const fn only_sqlite(name: &'static str, text: &'static str) -> Self {
        Self { name, sqlite: Some(text), postgres: None }
    }

    /// A text that only PostgreSQL runs.
    pub(crate) const fn only_postgres(name: &'static str, text: &'static str) -> Self {
        Self { name, sqlite: None, postgres: Some(text) }
    }
}

/// Declares the statements of a module and its list of them, `STATEMENTS`.
macro_rules! statements {
    ($($name:ident = $kind:ident($($text:expr),+ $(,)?);)+) => {
        $(static $name: $crate::statement::Statement =
            $crate::statement::Statement::$kind(stringify!($name), $($text),+);)+

        /// Every statement of this module.
        pub(crate) static STATEMENTS: &[&$crate::statement::Statement] = &[$(&$name),+];
    };
}
pub(crate) use statements;

/// Every statement of the crate.
pub(crate) fn all() -> impl Iterator<Item = &'static Statement> {
    [
        crate::append::STATEMENTS,
        crate::changes::STATEMENTS,
        crate::invites::STATEMENTS,
        crate::members::STATEMENTS,
        crate::messages::STATEMENTS,
        crate::messages::HISTORY_STATEMENTS,
        crate::rooms::STATEMENTS,
        crate::runs::STATEMENTS,
        crate::sessions::STATEMENTS,
        crate::settings::STATEMENTS,
        crate::users::STATEMENTS,
        crate::workspaces::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The numbers of the `$n` in a text, in order of first use.
#[cfg(test)]
fn placeholders(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for piece in text.split('$').skip(1) {
        let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse()
            && !found.contains(&number)
        {
            found.push(number);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_come_in_order_of_first_use() {
        for statement in all() {
            for text in [statement.sqlite, statement.postgres].into_iter().flatten() {
                let found = placeholders(text);
                let expected: Vec<usize> = (1..=found.len()).collect();
                assert_eq!(found, expected, "{}", statement.name);
            }
        }
    }

    #[test]
    fn the_placeholder_finder_sees_disorder() {
        assert_eq!(placeholders("a = $2 AND b = $1 AND c = $2"), [2, 1]);
        assert_eq!(placeholders("$1 $10 $2"), [1, 10, 2]);
    }
}

//! What a server is called: the name above the list of rooms and on the pages in front of them.

use crate::names::{free_text, text_type};
use crate::refusal::{Field, Refusal};

/// The name of a server: 1 to 64 characters, nothing hidden.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServerName(String);
text_type!(ServerName);

impl ServerName {
    /// Checks a server's name.
    ///
    /// # Errors
    /// A refusal if it is empty, longer than 64 characters or holds an invisible or control character.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        free_text(text, Field::Name, 1, 64).map(Self)
    }
}

/// A server that nobody has named is called as the software.
impl Default for ServerName {
    fn default() -> Self {
        Self("Parlor".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_line_of_any_script() {
        for name in ["Parlor", "  The Salon  ", "#general", "گفتگو", "東京の間", &"n".repeat(64)] {
            assert_eq!(ServerName::new(name).map(|name| name.to_string()), Ok(name.trim().to_owned()));
        }
        for name in ["", "   ", "two\nlines", "\u{202e}reversed", "\u{200b}", &"n".repeat(65)] {
            assert!(ServerName::new(name).is_err(), "{name:?}");
        }
    }
}

//! The name of the server as a setting. What a name may be is the model's to say.

use parlor_model::ServerName;

use super::value::{Kind, Value};

/// What the server is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) ServerName);

impl Value for Name {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        "a name of 1 to 64 characters, without invisible ones".into()
    }

    fn parse(text: &str) -> Option<Self> {
        ServerName::new(text).ok().map(Self)
    }

    fn show(&self) -> Option<String> {
        Some(self.0.to_string())
    }
}

//! Session tokens: 256 random bits, shown once, kept only as a hash.

use std::fmt;

use parlor_model::Env;
use parlor_model::ids::base32;
use sha2::{Digest, Sha256};

/// What a token begins with, so that one which leaks is recognised for what it is.
const PREFIX: &str = "pls_";

/// The credential of a session. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub(crate) fn generate(env: &Env) -> Self {
        Self(format!("{PREFIX}{}", base32(&env.random_bytes::<32>())))
    }

    /// The token, to be handed to its owner and to nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// What is kept of a token. It has too many bits to be guessed, so a fast hash is enough; and a look-up by hash tells
/// nothing by its time.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_token() {
        let token = Token("pls_secret".into());
        assert!(!format!("{token:?}").contains("secret"));
    }
}

//! Codes that open doors: made once, shown once, kept only as a hash.

use parlor_model::{Env, ids::base32};
use sha2::{Digest, Sha256};

/// A new code of 160 random bits, in letters that survive being read aloud.
pub(crate) fn generate(env: &Env) -> String {
    base32(&env.random_bytes::<20>())
}

/// What is kept of a code. The code has too many bits to be guessed, so a fast hash is enough.
pub(crate) fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.trim().as_bytes()).into()
}

//! Public identifiers: a prefix that names the kind, and a UUIDv7 in lower-case base32 (`usr_06dq…`).
//!
//! An id says when a thing was made and nothing else. Authorisation never rests on an id being hard to guess.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use std::sync::LazyLock;

use crate::env::Env;

/// Crockford's alphabet in lower case: no `i`, `l`, `o`, `u`, so an id survives being read aloud. It is in ASCII
/// order, so the text sorts as the bytes do.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    #[expect(
        clippy::expect_used,
        reason = "the alphabet is a constant, and every test of this module uses it"
    )]
    specification.encoding().expect("a valid base32 alphabet")
});

/// Writes bytes in the alphabet of the ids. Used for every random code a person may meet.
pub fn base32(bytes: &[u8]) -> String {
    BASE32.encode(bytes)
}

/// Reads what [`base32`] wrote.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    BASE32.decode(text.as_bytes()).ok()
}

/// Writes an id. They are in everything that is told, so this takes no memory of its own.
fn write(formatter: &mut fmt::Formatter<'_>, prefix: &str, bytes: &[u8; 16]) -> fmt::Result {
    let mut digits = [0; 26];
    BASE32.encode_mut(bytes, &mut digits);
    formatter.write_str(prefix)?;
    formatter.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
}

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an id like {prefix}_06dq…")]
pub struct InvalidId {
    /// The prefix that was expected, without the underscore.
    pub prefix: &'static str,
}

/// Lays out a UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits around the version and
/// variant marks.
fn uuid_v7(env: &Env) -> [u8; 16] {
    let mut bytes = [0; 16];
    env.random.fill(&mut bytes);
    let milliseconds = env.clock.now().as_millis().cast_unsigned().to_be_bytes();
    bytes[..6].copy_from_slice(&milliseconds[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    bytes
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The part before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id from the time and randomness of `env`.
            pub fn generate(env: &Env) -> Self {
                Self(uuid_v7(env))
            }

            /// The id as it stands in a database row.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// An id from a database row.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(formatter, concat!($prefix, "_"), &self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { prefix: $prefix };
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(invalid)?;
                let bytes = BASE32.decode(digits.as_bytes()).map_err(|_| invalid)?;
                bytes.try_into().map(Self).map_err(|_| invalid)
            }
        }
    };
}

id!(
    /// A workspace: the tenant that every row belongs to.
    WorkspaceId, "ws"
);
id!(
    /// A person, a guest or a bot.
    UserId, "usr"
);
id!(
    /// A room.
    RoomId, "rm"
);
id!(
    /// A message.
    MessageId, "msg"
);
id!(
    /// A signed-in device.
    SessionId, "ses"
);
id!(
    /// An invitation link.
    InviteId, "inv"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing;

    #[test]
    fn text_and_bytes_round_trip() {
        let id = RoomId::generate(&testing::env(1_700_000_000_000, 7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(RoomId::from_bytes(*id.as_bytes()), id);
        assert!(id.to_string().starts_with("rm_"));
    }

    #[test]
    fn the_layout_is_version_7() {
        let id = UserId::generate(&testing::env(0x0123_4567_89ab, 0xff));
        assert_eq!(id.as_bytes()[..6], [0x01, 0x23, 0x45, 0x67, 0x89, 0xab]);
        assert_eq!(id.as_bytes()[6] >> 4, 7);
        assert_eq!(id.as_bytes()[8] >> 6, 0b10);
    }

    #[test]
    fn text_sorts_by_time() {
        let earlier = MessageId::generate(&testing::env(1_700_000_000_000, 0xff));
        let later = MessageId::generate(&testing::env(1_700_000_000_001, 0));
        assert!(earlier < later);
        assert!(earlier.to_string() < later.to_string());
    }

    #[test]
    fn other_kinds_and_broken_texts_are_refused() {
        let user = UserId::generate(&testing::env(1, 1)).to_string();
        assert!(user.parse::<RoomId>().is_err());
        for text in ["", "usr_", "usr_0", "usr_zzzzzzzzzzzzzzzzzzzzzzzzzz", "usr_ILOU", "06dq"] {
            assert!(text.parse::<UserId>().is_err(), "{text:?}");
        }
    }
}

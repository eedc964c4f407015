//! Usernames that nobody may choose, because they say something of everybody or of the server.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::key::NameKey;

/// Those whom a mention of this name would mean, and those who would seem to be the server.
const WORDS: [&str; 34] = [
    "all",
    "here",
    "room",
    "rooms",
    "everyone",
    "everybody",
    "channel",
    "channels",
    "online",
    "members",
    "guests",
    "moderators",
    "admins",
    "admin",
    "administrator",
    "moderator",
    "mod",
    "mods",
    "staff",
    "official",
    "guest",
    "bot",
    "bots",
    "system",
    "server",
    "parlor",
    "root",
    "support",
    "security",
    "anonymous",
    "deleted",
    "null",
    "undefined",
    "me",
];

static KEYS: LazyLock<HashSet<NameKey>> = LazyLock::new(|| WORDS.into_iter().map(NameKey::of).collect());

/// True for one of the words, for what looks like one, and for one with marks behind it: a mention at the end of a
/// sentence looks like that.
pub(super) fn is_reserved(name: &str) -> bool {
    KEYS.contains(&NameKey::of(name.trim_end_matches(['.', '_', '-'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_of_the_words_are_reserved_too() {
        for name in [
            "all",
            "here",
            "room",
            "everyone",
            "channel",
            "admin",
            "system",
            "adrnin",
            "аdmin",
            "a11",
            "ѕуѕtem",
            "admin.",
            "here-",
            "all_",
            "еvеrуоnе",
            "m0d",
            "Staff",
            "b0t",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["ada", "allan", "heret", "roomie", "adminer", "owner", "systema", "sal"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}

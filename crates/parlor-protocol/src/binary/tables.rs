//! The numbers of known keys and frame types. Part of the contract: rows are added at the end, never changed.

/// A table of words, and the function that finds a word's number in it.
macro_rules! numbered {
    ($(#[$doc:meta])* pub $table:ident, $number_of:ident: $($number:literal $word:literal)*) => {
        $(#[$doc])*
        pub const $table: &[&str] = &[$($word),*];

        /// The number of a word, if it has one.
        pub(super) fn $number_of(word: &str) -> Option<u8> {
            match word {
                $($word => Some($number),)*
                _ => None,
            }
        }
    };
}

numbered! {
    /// Keys by their number: those of every frame and command. Only 0 is special, see the module.
    pub KEYS, key_number:
    0 "type" 1 "ref" 2 "data" 3 "error"
    4 "room" 5 "seq" 6 "from" 7 "to"
    8 "id" 9 "author" 10 "kind" 11 "body"
    12 "html" 13 "nonce" 14 "reply_to" 15 "sent_at"
    16 "edited_at" 17 "deleted_at" 18 "head" 19 "epoch"
    20 "user" 21 "rooms" 22 "messages" 23 "members"
    24 "users" 25 "username" 26 "display_name" 27 "role"
    28 "created_at" 29 "active" 30 "joined_at" 31 "online"
    32 "offline" 33 "slug" 34 "name" 35 "topic"
    36 "member_count" 37 "token" 38 "resume" 39 "follow"
    40 "heads" 41 "newest" 42 "by" 43 "code"
    44 "message" 45 "details" 46 "field" 47 "limit"
    48 "incident" 49 "retry_after" 50 "muted" 51 "until"
    52 "reason" 53 "duration" 54 "since" 55 "now"
    56 "read"
}

numbered! {
    /// Frame types and commands by their number.
    pub TYPES, type_number:
    0 "ready" 1 "ok" 2 "error"
    3 "message.created" 4 "message.edited" 5 "message.deleted"
    6 "member.joined" 7 "member.left" 8 "member.updated"
    9 "room.updated" 10 "room.changes" 11 "room.reset"
    12 "room.joined" 13 "room.left" 14 "presence.changed"
    15 "heads.changed" 16 "hello" 17 "message.send"
    18 "message.edit" 19 "message.delete" 20 "room.join"
    21 "room.leave" 22 "room.open" 23 "room.close"
    24 "presence.watch" 25 "presence.unwatch" 26 "ping"
    27 "member.mute" 28 "member.unmute" 29 "member.kick"
    30 "room.read"
}

/// The number of the key `type`, whose value is then a number as well.
pub(super) const TYPE_KEY: u8 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_positions_and_short() {
        for (table, number_of) in [(KEYS, key_number as fn(&str) -> Option<u8>), (TYPES, type_number)] {
            for (position, word) in (0_u8..).zip(table) {
                assert_eq!(number_of(word), Some(position), "{word}");
            }
            assert!(table.len() <= 128, "numbers up to 127 take one byte");
            assert_eq!(number_of("nothing of the kind"), None);
        }
        assert_eq!(KEYS[usize::from(TYPE_KEY)], "type");
    }
}

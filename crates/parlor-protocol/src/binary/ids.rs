//! Typed ids as 16 bytes and a number for their prefix.

use parlor_model::{InviteId, MessageId, RoomId, SessionId, UserId, WorkspaceId};

/// The kinds of the extensions that are ids, each with the prefix it stands for.
pub const ID_KINDS: &[(i8, &str)] = &[
    (1, UserId::PREFIX),
    (2, RoomId::PREFIX),
    (3, MessageId::PREFIX),
    (4, SessionId::PREFIX),
    (5, InviteId::PREFIX),
    (6, WorkspaceId::PREFIX),
];

/// How many bytes an id has.
pub(super) const ID_BYTES: usize = 16;
/// How many digits an id has after the underscore.
const DIGITS: usize = 26;

/// The kind and the bytes of an id; nothing if the text is not exactly how an id is written.
pub(super) fn parse(text: &str) -> Option<(i8, [u8; ID_BYTES])> {
    let prefix_length = text.len().checked_sub(DIGITS + 1)?;
    let prefix = text.get(..prefix_length)?;
    let (kind, _) = *ID_KINDS.iter().find(|(_, known)| *known == prefix)?;
    let bytes = match kind {
        1 => *text.parse::<UserId>().ok()?.as_bytes(),
        2 => *text.parse::<RoomId>().ok()?.as_bytes(),
        3 => *text.parse::<MessageId>().ok()?.as_bytes(),
        4 => *text.parse::<SessionId>().ok()?.as_bytes(),
        5 => *text.parse::<InviteId>().ok()?.as_bytes(),
        _ => *text.parse::<WorkspaceId>().ok()?.as_bytes(),
    };
    Some((kind, bytes))
}

/// How an id is written; nothing if there is no such kind.
pub(super) fn write(kind: i8, bytes: &[u8; ID_BYTES]) -> Option<String> {
    let (_, prefix) = ID_KINDS.iter().find(|(known, _)| *known == kind)?;
    Some(format!("{prefix}_{}", parlor_model::ids::base32(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_goes_both_ways() {
        let bytes = std::array::from_fn(|index| u8::try_from(index * 17).unwrap());
        for (kind, prefix) in ID_KINDS {
            let text = write(*kind, &bytes).unwrap();
            assert!(text.starts_with(&format!("{prefix}_")), "{text}");
            assert_eq!(parse(&text), Some((*kind, bytes)), "{text}");
        }
        assert_eq!(write(0, &bytes), None);
        assert_eq!(write(7, &bytes), None);
    }

    #[test]
    fn what_only_looks_like_an_id_is_none() {
        let good = write(1, &[0xff; ID_BYTES]).unwrap();
        assert_eq!(good, "usr_zzzzzzzzzzzzzzzzzzzzzzzzzw");
        for text in [
            good.to_uppercase(),
            good.replace("usr", "usx"),
            good.replace("usr_", "usr-"),
            // The two lowest bits of the last digit belong to no byte: this would be written differently.
            good.replace("zw", "zz"),
            format!("{good}0"),
            good[..29].to_owned(),
            format!("{}é", &good[..28]),
            String::new(),
        ] {
            assert_eq!(parse(&text), None, "{text}");
        }
    }
}

//! Membership on the wire.

use parlor_model as model;

use crate::users::User;
use crate::wire;

wire! {
    /// A user in a room.
    pub struct Member {
        /// Who.
        pub user: User,
        /// `owner`, `moderator` or `member`.
        pub role: String,
        /// False once they have left.
        pub active: bool,
        /// RFC 3339, UTC.
        pub joined_at: String,
        /// Set if they may read here and not write. A mute whose `until` has passed is over, though it may still stand here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub muted: Option<Muted>,
        /// True if they are connected now; only in lists that were asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub online: Option<bool>,
    }
}

wire! {
    /// Somebody may read in a room and not write.
    pub struct Muted {
        /// Since when, RFC 3339, UTC. It names the mute: another one of the same person has another.
        pub since: String,
        /// Until when, RFC 3339, UTC; until somebody ends it, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub until: Option<String>,
        /// Why, if that was said; only for those who keep order in the room, and for the one it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub reason: Option<String>,
        /// Who decided it, `usr_…`; only for those who keep order in the room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub by: Option<String>,
    }
}

wire! {
    /// Mutes a member.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct MuteMember {
        /// For how many seconds, 1 to 315360000; until somebody ends it, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub duration: Option<u32>,
        /// Why, up to 250 characters. The muted person reads it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub reason: Option<String>,
    }
}

wire! {
    /// A page of a room's members.
    pub struct MemberPage {
        /// In a stable order.
        pub members: Vec<Member>,
        /// Where the next page begins (`after`); absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        pub next: Option<String>,
    }
}

impl Member {
    /// A member as everybody in the room may see them, with presence where it is known.
    pub fn new(member: &model::Member, user: &model::User, online: Option<bool>) -> Self {
        Self {
            user: User::from(user),
            role: member.role.as_str().to_owned(),
            active: member.active,
            joined_at: member.joined_at.to_string(),
            muted: member.mute.as_ref().map(|mute| Muted { reason: None, by: None, ..Muted::full(mute) }),
            online,
        }
    }

    /// The same member as those see them who keep order.
    #[must_use]
    pub fn with_reason(self, member: &model::Member) -> Self {
        Self { muted: member.mute.as_ref().map(Muted::full), ..self }
    }
}

impl Muted {
    /// A mute as those see it who keep order.
    fn full(mute: &model::Mute) -> Self {
        Self {
            since: mute.at.to_string(),
            until: mute.until.map(|until| until.to_string()),
            reason: mute.reason.given().map(str::to_owned),
            by: Some(mute.by.to_string()),
        }
    }

    /// A mute as the one sees it whom it is about.
    pub fn of_oneself(mute: &model::Mute) -> Self {
        Self { by: None, ..Self::full(mute) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_model::ids::{RoomId, UserId, WorkspaceId};

    #[test]
    fn why_and_by_whom_is_not_for_everybody() {
        let user = model::User {
            id: UserId::from_bytes([1; 16]),
            workspace: WorkspaceId::from_bytes([2; 16]),
            username: model::Username::stored("eve".into()),
            display_name: model::DisplayName::stored("Eve".into()),
            role: model::Role::Member,
            invited: false,
            created_at: model::Timestamp::from_millis(0),
        };
        let mute = model::Mute {
            at: model::Timestamp::from_millis(0),
            until: Some(model::Timestamp::from_millis(5)),
            by: UserId::from_bytes([3; 16]),
            reason: model::MuteReason::stored("shouting".into()),
        };
        let member = model::Member {
            room: RoomId::from_bytes([4; 16]),
            user: user.id,
            role: model::MemberRole::Member,
            active: true,
            changed_seq: 1,
            joined_at: model::Timestamp::from_millis(0),
            mute: Some(mute.clone()),
            read: None,
        };
        let seen = |muted: Option<Muted>| {
            let Muted { until, reason, by, .. } = muted.unwrap();
            (until.is_some(), reason.is_some(), by.is_some())
        };
        let plain = Member::new(&member, &user, None);
        assert_eq!(seen(plain.muted.clone()), (true, false, false));
        assert_eq!(seen(plain.with_reason(&member).muted), (true, true, true));
        assert_eq!(seen(Some(Muted::of_oneself(&mute))), (true, true, false));
    }
}

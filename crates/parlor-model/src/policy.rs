//! Who may do what: one pure function for every door. An action without a rule here does not exist.
//!
//! A refusal never tells an actor of a room they may not know: what they can't see answers as what is not there.

use crate::actor::Actor;
use crate::ids::UserId;
use crate::members::{Member, MemberRole};
use crate::moderation::Mute;
use crate::refusal::Refusal;
use crate::rooms::{Room, RoomKind, Seq};
use crate::time::Timestamp;
use crate::users::Role;

/// What somebody wants to do in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Know that the room exists, its name, topic and members.
    SeeRoom,
    /// Read what was said.
    ReadHistory,
    /// Become a member without an invitation.
    Join,
    /// Stop being a member.
    Leave,
    /// Say something.
    Send,
    /// Change what `author` said.
    Edit {
        /// Who said it.
        author: UserId,
    },
    /// Remove what `author` said.
    Delete {
        /// Who said it.
        author: UserId,
    },
    /// Change the room's name.
    Rename,
    /// Change what the room is about.
    SetTopic,
    /// Make an invitation link.
    Invite,
    /// See and withdraw everybody's invitation links.
    ManageInvites,
    /// Mute `target`, or end that.
    Mute {
        /// Whom.
        target: Target,
        /// Who decided on the mute that lies on them now, if one does: it is not for those below to change.
        decided_by: Option<Target>,
    },
    /// Take `target` out of the room.
    Kick {
        /// Whom.
        target: Target,
    },
    /// See why people were muted, and by whom.
    SeeReasons,
    /// Keep how far one has read.
    MarkRead,
}

/// Somebody whom an action is about, as far as power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// What they are in the workspace.
    pub role: Role,
    /// What they are in the room, if they are in it.
    pub place: Option<MemberRole>,
}

impl Action {
    /// What a refusal says the actor may not do.
    const fn words(self) -> &'static str {
        match self {
            Self::SeeRoom => "see this room",
            Self::ReadHistory => "read this room",
            Self::Join => "join this room",
            Self::Leave => "leave this room, because you are not in it",
            Self::Send => "write in this room before you join it",
            Self::Edit { .. } => "edit somebody else's message",
            Self::Delete { .. } => "delete this message",
            Self::Rename => "rename this room",
            Self::SetTopic => "set this room's topic",
            Self::Invite => "invite people to this room",
            Self::ManageInvites => "manage this room's invitations",
            Self::Mute { .. } => "mute this member",
            Self::Kick { .. } => "remove this member",
            Self::SeeReasons => "see why people were muted",
            Self::MarkRead => "keep how far you have read in this room, because you are not in it",
        }
    }
}

impl Target {
    fn power(self) -> Power {
        power(self.role, self.place)
    }
}

/// What a decision rests on: the room and the actor's place in it, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The room.
    pub room: Room,
    /// The actor's row in it, if they were ever in it.
    pub member: Option<Member>,
    /// True if guests may look around without an invitation.
    pub guests_roam: bool,
    /// The moment at which it was read: what ends by itself may have ended.
    pub at: Timestamp,
}

impl Access {
    /// The state of access that this was read at. A commit that finds another one must check again.
    pub fn version(&self) -> Seq {
        self.room.access_seq
    }

    /// The actor's role, if they are in the room.
    pub fn role(&self) -> Option<MemberRole> {
        self.place().map(|member| member.role)
    }

    /// The actor's row, if they are in the room.
    pub fn place(&self) -> Option<&Member> {
        self.member.as_ref().filter(|member| member.active)
    }

    /// The mute that lies on the actor, unless its time is over.
    fn mute(&self) -> Option<&Mute> {
        self.member.as_ref()?.mute.as_ref().filter(|mute| mute.holds_at(self.at))
    }
}

/// Decides whether `actor` may do `action` in the room that `access` describes.
///
/// # Errors
/// [`Refusal::NotFound`] where the actor may not know of the room, else [`Refusal::Forbidden`], or [`Refusal::Muted`]
/// where they might do it at another time.
pub fn may(actor: &Actor, action: Action, access: &Access) -> Result<(), Refusal> {
    if access.room.workspace != actor.workspace() || !sees(actor, access) {
        return Err(Refusal::NotFound("room"));
    }
    if !allowed(actor, action, access) {
        return Err(Refusal::Forbidden(action.words()));
    }
    match access.mute().filter(|_| is_heard(action)) {
        Some(mute) => Err(mute.refusal(access.at)),
        None => Ok(()),
    }
}

fn sees(actor: &Actor, access: &Access) -> bool {
    let public = access.room.kind == RoomKind::Public;
    access.role().is_some() || (public && (actor.role() > Role::Guest || access.guests_roam))
}

fn allowed(actor: &Actor, action: Action, access: &Access) -> bool {
    let role = access.role();
    let power = power(actor.role(), role);
    let moderates = power >= Power::Moderator;
    match action {
        Action::SeeRoom | Action::ReadHistory => true,
        Action::Join => access.room.kind == RoomKind::Public || role.is_some(),
        Action::Leave | Action::Send | Action::MarkRead => role.is_some(),
        Action::Edit { author } => role.is_some() && author == actor.id(),
        Action::Delete { author } => (role.is_some() && author == actor.id()) || moderates,
        Action::Rename | Action::ManageInvites => power >= Power::RoomOwner,
        Action::SetTopic => moderates || (role.is_some() && actor.role() > Role::Guest),
        Action::Invite => role.is_some() && actor.role() > Role::Guest,
        Action::Mute { target, decided_by } => {
            moderates && power > target.power() && decided_by.is_none_or(|by| power >= by.power())
        }
        Action::Kick { target } => moderates && power > target.power(),
        Action::SeeReasons => moderates,
    }
}

/// True for what the others in the room see or hear of, and a mute therefore stops.
const fn is_heard(action: Action) -> bool {
    match action {
        Action::Send
        | Action::Edit { .. }
        | Action::Rename
        | Action::SetTopic
        | Action::Mute { .. }
        | Action::Kick { .. } => true,
        Action::SeeRoom
        | Action::ReadHistory
        | Action::Join
        | Action::Leave
        | Action::Delete { .. }
        | Action::Invite
        | Action::ManageInvites
        | Action::SeeReasons
        | Action::MarkRead => false,
    }
}

/// How much somebody has to say in a room, from the least to the most. Nobody lays a hand on an equal, so neither on
/// themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Power {
    Ordinary,
    Moderator,
    RoomOwner,
    Admin,
    Owner,
}

/// Workspace admins keep order in rooms that they can see; they can't see private rooms that they are not in.
const fn power(role: Role, place: Option<MemberRole>) -> Power {
    match (role, place) {
        (Role::Owner, _) => Power::Owner,
        (Role::Admin, _) => Power::Admin,
        (_, Some(MemberRole::Owner)) => Power::RoomOwner,
        (_, Some(MemberRole::Moderator)) => Power::Moderator,
        _ => Power::Ordinary,
    }
}

/// What somebody wants to do outside any room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkspaceAction {
    /// Make a room.
    CreateRoom,
    /// List the rooms that one may join.
    BrowseRooms,
    /// Look up people one shares no room with.
    SeeEverybody,
}

/// Decides whether `actor` may do `action` in their workspace.
///
/// # Errors
/// [`Refusal::Forbidden`].
pub fn may_in_workspace(actor: &Actor, action: WorkspaceAction, guests_roam: bool) -> Result<(), Refusal> {
    let has_account = actor.role() > Role::Guest;
    let (is_allowed, refusal) = match action {
        WorkspaceAction::CreateRoom => (has_account, "make rooms as a guest"),
        WorkspaceAction::BrowseRooms => (has_account || guests_roam, "browse rooms as a guest"),
        WorkspaceAction::SeeEverybody => (has_account, "see people you share no room with"),
    };
    if is_allowed { Ok(()) } else { Err(Refusal::Forbidden(refusal)) }
}

#[cfg(test)]
mod tests;

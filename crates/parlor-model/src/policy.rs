//! Who may do what: one pure function for every door. An action without a rule here does not exist.
//!
//! A refusal never tells an actor of a room they may not know: what they can't see answers as what is not there.

use crate::actor::Actor;
use crate::ids::UserId;
use crate::members::{Member, MemberRole};
use crate::refusal::Refusal;
use crate::rooms::{Room, RoomKind, Seq};
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
        }
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
}

impl Access {
    /// The state of access that this was read at. A commit that finds another one must check again.
    pub fn version(&self) -> Seq {
        self.room.access_seq
    }

    /// The actor's role, if they are in the room.
    pub fn role(&self) -> Option<MemberRole> {
        self.member.as_ref().filter(|member| member.active).map(|member| member.role)
    }
}

/// Decides whether `actor` may do `action` in the room that `access` describes.
///
/// # Errors
/// [`Refusal::NotFound`] where the actor may not know of the room, else [`Refusal::Forbidden`].
pub fn may(actor: &Actor, action: Action, access: &Access) -> Result<(), Refusal> {
    if access.room.workspace != actor.workspace() || !sees(actor, access) {
        return Err(Refusal::NotFound("room"));
    }
    if allowed(actor, action, access) { Ok(()) } else { Err(Refusal::Forbidden(action.words())) }
}

fn sees(actor: &Actor, access: &Access) -> bool {
    let public = access.room.kind == RoomKind::Public;
    access.role().is_some() || (public && (actor.role() > Role::Guest || access.guests_roam))
}

fn allowed(actor: &Actor, action: Action, access: &Access) -> bool {
    let role = access.role();
    // Workspace admins keep order in rooms that they can see; they can't see private rooms that they are not in.
    let moderates = role >= Some(MemberRole::Moderator) || actor.role() >= Role::Admin;
    match action {
        Action::SeeRoom | Action::ReadHistory => true,
        Action::Join => access.room.kind == RoomKind::Public || role.is_some(),
        Action::Leave | Action::Send => role.is_some(),
        Action::Edit { author } => role.is_some() && author == actor.id(),
        Action::Delete { author } => (role.is_some() && author == actor.id()) || moderates,
        Action::Rename | Action::ManageInvites => {
            role == Some(MemberRole::Owner) || actor.role() >= Role::Admin
        }
        Action::SetTopic => moderates || (role.is_some() && actor.role() > Role::Guest),
        Action::Invite => role.is_some() && actor.role() > Role::Guest,
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
    let account = actor.role() > Role::Guest;
    match action {
        WorkspaceAction::CreateRoom if !account => Err(Refusal::Forbidden("make rooms as a guest")),
        WorkspaceAction::BrowseRooms if !account && !guests_roam => {
            Err(Refusal::Forbidden("browse rooms as a guest"))
        }
        WorkspaceAction::SeeEverybody if !account => {
            Err(Refusal::Forbidden("see people you share no room with"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

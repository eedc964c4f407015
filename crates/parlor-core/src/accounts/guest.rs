//! Enters without an account, and becomes one later.

use parlor_model::ids::base32;
use parlor_model::{
    Actor, Change, DisplayName, Invite, Member, Refusal, Role, Room, RoomEvent, RoomId, SessionId, User,
    UserId, Username,
};
use parlor_store::Tx;

use super::admission::{Admission, guest_door, registration_door};
use super::register::{Entered, enter, insert, new_user, refuse_taken_username};
use crate::change::RoomChange;
use crate::{Core, Error};

impl Core {
    /// Makes a guest. Its username is made up; what people see is the display name, with a badge.
    pub async fn enter_as_guest(&self, display_name: &str, invite: Option<&str>) -> Result<Entered, Error> {
        let display_name = DisplayName::new(display_name)?;
        let username = Username::new(&format!("guest-{}", base32(&self.env().random_bytes::<10>())))?;
        let (core, invite) = (self.clone(), invite.map(str::to_owned));
        self.commit(move |tx| {
            Box::pin(async move {
                let invite = guest_door(tx, &core, invite.as_deref()).await?.into_invite();
                let user = new_user(&core, username, display_name, Role::Guest, invite.is_some());
                insert(tx, &user, None).await?;
                enter(tx, &core, user, invite).await
            })
        })
        .await
    }

    /// Says whether the guest may become an account so, before a password is hashed for them. Becoming one checks it
    /// again.
    pub async fn may_upgrade(
        &self,
        actor: &Actor,
        username: &str,
        invite: Option<&str>,
    ) -> Result<(), Error> {
        let username = Username::chosen(username)?;
        let admission = Admission { invite: invite.map(str::to_owned), setup_token: None };
        let (core, id) = (self.clone(), actor.id());
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    let guest = guest(tx, id).await?;
                    upgrade_door(tx, &core, &guest, &admission).await?;
                    refuse_taken_username(tx, &core, &username).await
                })
            })
            .await
    }

    /// Makes the guest an account. Id, display name, rooms and history stay.
    pub async fn upgrade_guest(
        &self,
        actor: &Actor,
        username: &str,
        password_hash: String,
        invite: Option<&str>,
    ) -> Result<User, Error> {
        let username = Username::chosen(username)?;
        let admission = Admission { invite: invite.map(str::to_owned), setup_token: None };
        let (core, id) = (self.clone(), actor.id());
        self.commit(move |tx| {
            Box::pin(async move {
                let guest = guest(tx, id).await?;
                let used = admit(tx, &core, &guest, &admission).await?;
                refuse_taken_username(tx, &core, &username).await?;
                let user = User { username, role: Role::Member, invited: guest.invited || used, ..guest };
                if !tx.update_user(&user, Some(&password_hash)).await? {
                    return Err(Refusal::NameTaken.into());
                }
                let events = tell_rooms(tx, &core, &user).await?;
                Ok((user, events))
            })
        })
        .await
    }
}

/// Who wants to become an account, if that is a guest.
async fn guest(tx: &mut Tx<'_>, id: UserId) -> Result<User, Error> {
    let user = tx.user(id).await?.ok_or(Refusal::Unauthenticated)?;
    if user.role == Role::Guest { Ok(user) } else { Err(Refusal::NotAGuest.into()) }
}

/// Whoever was invited may stay; others need what a stranger needs. Returns the invitation that is to be used for it.
async fn upgrade_door(
    tx: &mut Tx<'_>,
    core: &Core,
    guest: &User,
    admission: &Admission,
) -> Result<Option<Invite>, Error> {
    let closed = core.settings().registration == crate::Registration::Closed;
    if guest.invited && !closed {
        return Ok(None);
    }
    Ok(registration_door(tx, core, admission).await?.into_invite())
}

/// Lets the guest stay. Returns true if an invitation was used for it.
async fn admit(tx: &mut Tx<'_>, core: &Core, guest: &User, admission: &Admission) -> Result<bool, Error> {
    let Some(invite) = upgrade_door(tx, core, guest, admission).await? else {
        return Ok(false);
    };
    if tx.use_invite(invite.id, core.env().now()).await? {
        Ok(true)
    } else {
        Err(Refusal::InviteInvalid.into())
    }
}

/// Tells every room of `user` what they are called and are now: a change of the member, with a place of its own, so
/// that clients which were away learn of it too.
pub(super) async fn tell_rooms(tx: &mut Tx<'_>, core: &Core, user: &User) -> Result<Vec<RoomEvent>, Error> {
    let mut rooms: Vec<(Room, Member)> = tx.rooms_of(user.id).await?;
    // Everybody locks rooms in the order of their ids, so no two transactions wait for each other.
    rooms.sort_unstable_by_key(|(room, _)| room.id);
    let actor = Actor { user: user.clone(), session: SessionId::generate(core.env()) };
    let mut events = Vec::new();
    for room in rooms.into_iter().map(|(room, _)| room.id) {
        events.extend(tell_room(tx, core, &actor, room).await?);
    }
    Ok(events)
}

async fn tell_room(
    tx: &mut Tx<'_>,
    core: &Core,
    actor: &Actor,
    room: RoomId,
) -> Result<Vec<RoomEvent>, Error> {
    let mut change = RoomChange::open(tx, core, actor, room).await?;
    let Some(member) = change.access.member.clone().filter(|member| member.active) else {
        return Ok(Vec::new());
    };
    let seq = change.next_seq();
    let member = Member { changed_seq: seq, ..member };
    tx.save_member(&member).await?;
    let user = change.actor.user.clone();
    change.record(Change::MemberUpdated(member, user));
    change.close(tx).await
}

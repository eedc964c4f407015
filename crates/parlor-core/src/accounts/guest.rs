//! Enters without an account, and becomes one later.

use parlor_model::ids::base32;
use parlor_model::{
    Actor, Change, DisplayName, Invite, Member, Refusal, Role, Room, SessionId, User, UserId, Username,
};
use parlor_store::Tx;

use super::admission::{Admission, guest_door, registration_door};
use super::register::{Entered, enter, insert, new_user, refuse_taken_username};
use crate::change::{RoomChange, RoomWork, Work};
use crate::{Core, Error};

impl Core {
    /// Makes a guest. Its username is made up; what people see is the display name, with a badge.
    pub async fn enter_as_guest(&self, display_name: &str, invite: Option<&str>) -> Result<Entered, Error> {
        let display_name = DisplayName::new(display_name)?;
        let username = Username::new(&format!("guest-{}", base32(&self.env().random_bytes::<10>())))?;
        self.commit(EnterAsGuest { username, display_name, invite: invite.map(str::to_owned) }).await
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
        self.commit(Upgrade { guest: actor.id(), username, password_hash, admission }).await
    }
}

struct EnterAsGuest {
    username: Username,
    display_name: DisplayName,
    invite: Option<String>,
}

impl Work for EnterAsGuest {
    type Done = Entered;

    async fn run(self, core: &Core, tx: &mut Tx<'_>) -> Result<Entered, Error> {
        let invite = guest_door(tx, core, self.invite.as_deref()).await?.into_invite();
        let user = new_user(core, self.username, self.display_name, Role::Guest, invite.is_some());
        insert(tx, &user, None).await?;
        enter(tx, core, user, invite).await
    }
}

struct Upgrade {
    guest: UserId,
    username: Username,
    password_hash: String,
    admission: Admission,
}

impl Work for Upgrade {
    type Done = User;

    async fn run(self, core: &Core, tx: &mut Tx<'_>) -> Result<User, Error> {
        let guest = guest(tx, self.guest).await?;
        let used = admit(tx, core, &guest, &self.admission).await?;
        refuse_taken_username(tx, core, &self.username).await?;
        let invited = guest.invited || used;
        let user = User { username: self.username, role: Role::Member, invited, ..guest };
        if !tx.update_user(&user, Some(&self.password_hash)).await? {
            return Err(Refusal::NameTaken.into());
        }
        tell_rooms(tx, core, &user).await?;
        Ok(user)
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
pub(super) async fn tell_rooms(tx: &mut Tx<'_>, core: &Core, user: &User) -> Result<(), Error> {
    let mut rooms: Vec<(Room, Member)> = tx.rooms_of(user.id).await?;
    // Everybody locks rooms in the order of their ids, so no two transactions wait for each other.
    rooms.sort_unstable_by_key(|(room, _)| room.id);
    let actor = Actor { user: user.clone(), session: SessionId::generate(core.env()) };
    for (room, _) in rooms {
        RoomChange::run(tx, core, &actor, room.id, TellRoom).await?;
    }
    Ok(())
}

struct TellRoom;

impl RoomWork for TellRoom {
    type Done = ();

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(), Error> {
        let Some(member) = change.access.place().cloned() else {
            return Ok(());
        };
        let seq = change.next_seq();
        let member = Member { changed_seq: seq, ..member };
        change.tx.save_member(&member).await?;
        let user = change.actor.user.clone();
        change.record(Change::MemberUpdated(member, user));
        Ok(())
    }
}

//! Makes an account.

use parlor_model::{
    DisplayName, Invite, Member, MemberRole, Refusal, Role, Room, RoomKind, RoomName, SessionId, Topic, User,
    UserId, Username,
};
use parlor_store::Tx;

use super::admission::{Admission, registration_door};
use super::setup;
use crate::change::{Admit, RoomChange, Work};
use crate::rooms::new_room;
use crate::{Core, Error};

/// The room that is there from the beginning.
const FIRST_ROOM: (&str, &str) = ("Lobby", "The first room. Everybody is welcome.");

/// Somebody who wants an account.
#[derive(Debug, Clone)]
pub struct Registrant {
    /// The name, as typed.
    pub username: String,
    /// The name beside messages, as typed; the username if absent.
    pub display_name: Option<String>,
    /// What `parlor-identity` made of the password.
    pub password_hash: String,
    /// What they bring along.
    pub admission: Admission,
}

/// Somebody who has come in.
#[derive(Debug, Clone)]
pub struct Entered {
    /// Who.
    pub user: User,
    /// The room that the invitation (or the setup) led into.
    pub joined: Option<(Room, Member)>,
}

impl Core {
    /// Makes an account, with everything that belongs to it, or nothing.
    pub async fn register(&self, registrant: Registrant) -> Result<Entered, Error> {
        let username = Username::chosen(&registrant.username)?;
        let display_name = match &registrant.display_name {
            Some(name) => DisplayName::new(name)?,
            None => DisplayName::from(&username),
        };
        let Registrant { password_hash, admission, .. } = registrant;
        self.commit(Register { username, display_name, password_hash, admission }).await
    }
}

struct Register {
    username: Username,
    display_name: DisplayName,
    password_hash: String,
    admission: Admission,
}

impl Work for Register {
    type Done = Entered;

    async fn run(self, core: &Core, tx: &mut Tx<'_>) -> Result<Entered, Error> {
        let door = registration_door(tx, core, &self.admission).await?;
        refuse_taken_username(tx, core, &self.username).await?;
        let user = new_user(core, self.username, self.display_name, door.role(), true);
        insert(tx, &user, Some(&self.password_hash)).await?;
        if user.role == Role::Owner {
            setup::close(tx).await?;
            return found(tx, core, user).await;
        }
        enter(tx, core, user, door.into_invite()).await
    }
}

/// Refuses a name that somebody has, or that looks like one that somebody has.
pub(super) async fn refuse_taken_username(
    tx: &mut Tx<'_>,
    core: &Core,
    username: &Username,
) -> Result<(), Error> {
    match tx.user_by_key(core.workspace(), &username.key()).await? {
        None => Ok(()),
        Some(user) if user.username == *username => Err(Refusal::NameTaken.into()),
        Some(_) => Err(Refusal::NameConfusable.into()),
    }
}

pub(super) fn new_user(
    core: &Core,
    username: Username,
    display_name: DisplayName,
    role: Role,
    invited: bool,
) -> User {
    let id = UserId::generate(core.env());
    let created_at = core.env().now();
    User { id, workspace: core.workspace(), username, display_name, role, invited, created_at }
}

pub(super) async fn insert(tx: &mut Tx<'_>, user: &User, password_hash: Option<&str>) -> Result<(), Error> {
    if tx.insert_user(user, password_hash).await? { Ok(()) } else { Err(Refusal::NameTaken.into()) }
}

/// Uses the invitation, if there is one, and joins its room.
pub(super) async fn enter(
    tx: &mut Tx<'_>,
    core: &Core,
    user: User,
    invite: Option<Invite>,
) -> Result<Entered, Error> {
    let Some(invite) = invite else {
        return Ok(Entered { user, joined: None });
    };
    if !tx.use_invite(invite.id, core.env().now()).await? {
        return Err(Refusal::InviteInvalid.into());
    }
    let actor = as_actor(core, &user);
    let joined = RoomChange::run(tx, core, &actor, invite.room, Admit(MemberRole::Member)).await?;
    Ok(Entered { user, joined: Some(joined) })
}

/// Makes the first room for the owner.
async fn found(tx: &mut Tx<'_>, core: &Core, user: User) -> Result<Entered, Error> {
    let (name, topic) = (RoomName::new(FIRST_ROOM.0)?, Topic::new(FIRST_ROOM.1)?);
    let room = new_room(tx, core, name, RoomKind::Public, topic).await?;
    let actor = as_actor(core, &user);
    let joined = RoomChange::run(tx, core, &actor, room.id, Admit(MemberRole::Owner)).await?;
    Ok(Entered { user, joined: Some(joined) })
}

/// Somebody who is just coming in acts for themselves, before there is a session.
fn as_actor(core: &Core, user: &User) -> parlor_model::Actor {
    parlor_model::Actor { user: user.clone(), session: SessionId::generate(core.env()) }
}

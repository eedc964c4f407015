//! Who may come in, and through which door.

use parlor_model::{DisplayName, Invite, Refusal, Role, Username};
use parlor_store::Tx;

use super::register::refuse_taken_username;
use crate::accounts::setup;
use crate::settings::{Guests, Registration, Settings};
use crate::{Core, Error, secret};

/// What a stranger brings along.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    /// The code of an invitation.
    pub invite: Option<String>,
    /// The token of the setup link.
    pub setup_token: Option<String>,
}

/// The door that a stranger may use.
#[derive(Debug)]
pub(super) enum Door {
    /// The setup link: makes the owner.
    Setup,
    /// An invitation, which leads into its room.
    Invite(Invite),
    /// It stands open.
    Open,
}

impl Core {
    /// Says whether somebody may register so, before a password is hashed for them. Registering checks it again.
    pub async fn may_register(
        &self,
        username: &str,
        display_name: Option<&str>,
        admission: &Admission,
    ) -> Result<(), Error> {
        let username = Username::chosen(username)?;
        display_name.map(DisplayName::new).transpose()?;
        let (core, admission) = (self.clone(), admission.clone());
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    registration_door(tx, &core, &admission).await?;
                    refuse_taken_username(tx, &core, &username).await
                })
            })
            .await
    }
}

impl Door {
    /// What one becomes by registering through it.
    pub(super) const fn role(&self) -> Role {
        match self {
            Self::Setup => Role::Owner,
            Self::Invite(_) | Self::Open => Role::Member,
        }
    }

    /// The invitation, if that was it.
    pub(super) fn into_invite(self) -> Option<Invite> {
        match self {
            Self::Invite(invite) => Some(invite),
            Self::Setup | Self::Open => None,
        }
    }
}

/// The door by which somebody may register.
pub(super) async fn registration_door(
    tx: &mut Tx<'_>,
    core: &Core,
    admission: &Admission,
) -> Result<Door, Error> {
    if let Some(token) = &admission.setup_token {
        setup::check(tx, core.workspace(), token).await?;
        return Ok(Door::Setup);
    }
    let settings: &Settings = core.settings();
    if settings.registration == Registration::Closed {
        return Err(Refusal::RegistrationClosed.into());
    }
    match &admission.invite {
        Some(code) => Ok(Door::Invite(open_invite(tx, core, code).await?)),
        None if settings.registration == Registration::Open => Ok(Door::Open),
        None => Err(Refusal::RegistrationNeedsInvite.into()),
    }
}

/// The door by which somebody may enter as a guest.
pub(super) async fn guest_door(tx: &mut Tx<'_>, core: &Core, invite: Option<&str>) -> Result<Door, Error> {
    match (core.settings().guests, invite) {
        (Guests::Off, _) => Err(Refusal::GuestsClosed.into()),
        (_, Some(code)) => Ok(Door::Invite(open_invite(tx, core, code).await?)),
        (Guests::Open, None) => Ok(Door::Open),
        (Guests::Invite, None) => Err(Refusal::GuestsNeedInvite.into()),
    }
}

/// The invitation of a code, if it would let somebody in now.
pub(crate) async fn open_invite(tx: &mut Tx<'_>, core: &Core, code: &str) -> Result<Invite, Error> {
    let invite = any_invite(tx, core, code).await?;
    if invite.is_open(core.env().now()) { Ok(invite) } else { Err(Refusal::InviteInvalid.into()) }
}

/// The invitation of a code, also one that has ended, is used up or was withdrawn.
pub(crate) async fn any_invite(tx: &mut Tx<'_>, core: &Core, code: &str) -> Result<Invite, Error> {
    let invite = tx.invite_by_code(&secret::hash(code)).await?;
    invite.filter(|invite| invite.workspace == core.workspace()).ok_or(Error::Refused(Refusal::InviteInvalid))
}

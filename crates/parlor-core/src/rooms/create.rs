//! Makes a room; its maker is its owner and first member.

use parlor_model::ids::base32;
use parlor_model::policy::{WorkspaceAction, may_in_workspace};
use parlor_model::{
    Actor, Env, Member, MemberRole, Refusal, Room, RoomId, RoomKind, RoomName, Slug, Topic, WorkspaceId,
};
use parlor_store::Tx;

use crate::change::{Admit, RoomChange, Work};
use crate::{Core, Error};

/// What a new room is to be.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// The name, as typed.
    pub name: String,
    /// Who may find it.
    pub kind: RoomKind,
    /// What it is about, as typed.
    pub topic: Option<String>,
}

impl Core {
    /// Makes a room and joins it as its owner.
    pub async fn create_room(&self, actor: &Actor, input: NewRoom) -> Result<(Room, Member), Error> {
        may_in_workspace(actor, WorkspaceAction::CreateRoom, self.guests_roam())?;
        let name = RoomName::new(&input.name)?;
        let topic = Topic::new(input.topic.as_deref().unwrap_or_default())?;
        self.commit(Create { actor: actor.clone(), name, kind: input.kind, topic }).await
    }
}

struct Create {
    actor: Actor,
    name: RoomName,
    kind: RoomKind,
    topic: Topic,
}

impl Work for Create {
    type Done = (Room, Member);

    /// Puts the maker into the new room, as its first change.
    async fn run(self, core: &Core, tx: &mut Tx<'_>) -> Result<(Room, Member), Error> {
        let room = new_room(tx, core, self.name, self.kind, self.topic).await?;
        RoomChange::run(tx, core, &self.actor, room.id, Admit(MemberRole::Owner)).await
    }
}

/// Inserts an empty room under a free address.
pub(crate) async fn new_room(
    tx: &mut Tx<'_>,
    core: &Core,
    name: RoomName,
    kind: RoomKind,
    topic: Topic,
) -> Result<Room, Error> {
    let (env, workspace) = (core.env(), core.workspace());
    if kind == RoomKind::Public {
        refuse_taken_name(tx, workspace, &name, None).await?;
    }
    let slug = free_slug(tx, env, workspace, &name, kind).await?;
    let room = Room {
        id: RoomId::generate(env),
        workspace,
        slug,
        name,
        kind,
        topic,
        head: 0,
        access_seq: 0,
        changed_seq: 0,
        epoch: core.epoch(),
        member_count: 0,
        created_at: env.now(),
    };
    tx.insert_room(&room).await?;
    Ok(room)
}

/// The names of public rooms are unique, also to the eye. Those of private rooms are not: a refusal would tell that
/// there is one.
pub(crate) async fn refuse_taken_name(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    name: &RoomName,
    except: Option<RoomId>,
) -> Result<(), Error> {
    let mut others = tx.public_rooms_alike(workspace, name).await?;
    others.retain(|room| Some(room.id) != except);
    if others.is_empty() {
        return Ok(());
    }
    let same = others.iter().any(|room| room.name == *name);
    Err(Error::Refused(if same { Refusal::NameTaken } else { Refusal::NameConfusable }))
}

/// An address that nobody has. A private room's ends in random letters, so that neither its own address nor another's
/// number tells that it exists.
async fn free_slug(
    tx: &mut Tx<'_>,
    env: &Env,
    workspace: WorkspaceId,
    name: &RoomName,
    kind: RoomKind,
) -> Result<Slug, Error> {
    if kind == RoomKind::Public {
        for number in 1..10 {
            let suffix = (number > 1).then(|| number.to_string());
            let slug = Slug::from_name(name, suffix.as_deref());
            if !tx.slug_taken(workspace, &slug).await? {
                return Ok(slug);
            }
        }
    }
    Ok(Slug::from_name(name, Some(&base32(&env.random_bytes::<5>()))))
}

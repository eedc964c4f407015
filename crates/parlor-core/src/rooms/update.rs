//! Renames a room, or says what it is about.

use parlor_model::{Action, Actor, Change, Member, Room, RoomId, RoomKind, RoomName, Topic};
use parlor_store::Tx;

use crate::change::RoomChange;
use crate::rooms::create::refuse_taken_name;
use crate::{Core, Error};

/// What is to change. Absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct RoomUpdate {
    /// The new name, as typed. The address stays, so links keep working.
    pub name: Option<String>,
    /// The new topic, as typed.
    pub topic: Option<String>,
}

impl Core {
    /// Changes a room. A change to what is so already changes nothing and takes no place.
    pub async fn update_room(
        &self,
        actor: &Actor,
        room: RoomId,
        update: RoomUpdate,
    ) -> Result<(Room, Option<Member>), Error> {
        let name = update.name.as_deref().map(RoomName::new).transpose()?;
        let topic = update.topic.as_deref().map(Topic::new).transpose()?;
        let (core, actor) = (self.clone(), actor.clone());
        self.commit(move |tx| {
            Box::pin(async move {
                let mut change = RoomChange::open(tx, &core, &actor, room).await?;
                change.may(Action::SeeRoom)?;
                let renamed = rename(tx, &mut change, name).await?;
                if retopic(&mut change, topic)? || renamed {
                    let seq = change.next_seq();
                    change.room().changed_seq = seq;
                    let changed = change.access.room.clone();
                    change.record(Change::RoomUpdated(changed));
                }
                let answer = (change.access.room.clone(), change.access.place().cloned());
                Ok((answer, change.close(tx).await?))
            })
        })
        .await
    }
}

async fn rename(tx: &mut Tx<'_>, change: &mut RoomChange, name: Option<RoomName>) -> Result<bool, Error> {
    let Some(name) = name.filter(|name| *name != change.access.room.name) else {
        return Ok(false);
    };
    change.may(Action::Rename)?;
    let room = change.room();
    if room.kind == RoomKind::Public {
        refuse_taken_name(tx, room.workspace, &name, Some(room.id)).await?;
    }
    room.name = name;
    Ok(true)
}

fn retopic(change: &mut RoomChange, topic: Option<Topic>) -> Result<bool, Error> {
    let Some(topic) = topic.filter(|topic| *topic != change.access.room.topic) else {
        return Ok(false);
    };
    change.may(Action::SetTopic)?;
    change.room().topic = topic;
    Ok(true)
}

//! Renames a room, or says what it is about.

use parlor_model::{Action, Actor, Change, Member, Room, RoomId, RoomKind, RoomName, Topic};

use crate::change::{RoomChange, RoomWork};
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
        self.change_room(actor, room, Update { name, topic }).await
    }
}

struct Update {
    name: Option<RoomName>,
    topic: Option<Topic>,
}

impl RoomWork for Update {
    type Done = (Room, Option<Member>);

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(Room, Option<Member>), Error> {
        change.may(Action::SeeRoom)?;
        let renamed = rename(change, self.name).await?;
        if retopic(change, self.topic)? || renamed {
            let seq = change.next_seq();
            change.room().changed_seq = seq;
            let changed = change.access.room.clone();
            change.record(Change::RoomUpdated(changed));
        }
        Ok((change.access.room.clone(), change.access.place().cloned()))
    }
}

async fn rename(change: &mut RoomChange<'_, '_>, name: Option<RoomName>) -> Result<bool, Error> {
    let Some(name) = name.filter(|name| *name != change.access.room.name) else {
        return Ok(false);
    };
    change.may(Action::Rename)?;
    let room = &mut change.access.room;
    if room.kind == RoomKind::Public {
        refuse_taken_name(change.tx, room.workspace, &name, Some(room.id)).await?;
    }
    room.name = name;
    Ok(true)
}

fn retopic(change: &mut RoomChange<'_, '_>, topic: Option<Topic>) -> Result<bool, Error> {
    let Some(topic) = topic.filter(|topic| *topic != change.access.room.topic) else {
        return Ok(false);
    };
    change.may(Action::SetTopic)?;
    change.room().topic = topic;
    Ok(true)
}

//! Finds rooms: one's own, those one may join, one by id or address.

use parlor_model::policy::{WorkspaceAction, may_in_workspace};
use parlor_model::{Action, Actor, Member, Refusal, Room, RoomId, RoomKind, Slug};

use crate::{Core, Error};

impl Core {
    /// A room that one may see, and one's place in it.
    pub async fn room(&self, actor: &Actor, room: RoomId) -> Result<(Room, Option<Member>), Error> {
        let access = self.room_for(actor, room, Action::SeeRoom).await?;
        let place = access.place().cloned();
        Ok((access.room, place))
    }

    /// The same, by address.
    pub async fn room_at(&self, actor: &Actor, slug: &Slug) -> Result<(Room, Option<Member>), Error> {
        let (workspace, slug) = (actor.workspace(), slug.clone());
        let found = self
            .store()
            .read(move |tx| {
                Box::pin(async move {
                    let found = tx.room_by_slug(workspace, &slug).await?;
                    match slug.former().filter(|_| found.is_none()) {
                        Some(former) => Ok::<_, Error>(tx.room_by_slug(workspace, &former).await?),
                        None => Ok(found),
                    }
                })
            })
            .await?;
        let room = found.ok_or(Refusal::NotFound("room"))?;
        self.room(actor, room.id).await
    }

    /// The rooms one is in, by name.
    pub async fn my_rooms(&self, actor: &Actor) -> Result<Vec<(Room, Member)>, Error> {
        let user = actor.id();
        self.store().read(move |tx| Box::pin(async move { Ok(tx.rooms_of(user).await?) })).await
    }

    /// A page of the rooms one may join, by name, with one's place in those that one is in. `after` is the last room of
    /// the page before.
    pub async fn public_rooms(
        &self,
        actor: &Actor,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<(Room, Option<Member>)>, Error> {
        may_in_workspace(actor, WorkspaceAction::BrowseRooms, self.guests_roam())?;
        let (workspace, user) = (actor.workspace(), actor.id());
        self.store()
            .read(move |tx| {
                Box::pin(async move {
                    let rooms = tx.public_rooms(workspace, after, limit).await?;
                    let mut found = Vec::with_capacity(rooms.len());
                    for room in rooms.into_iter().filter(|room| room.kind == RoomKind::Public) {
                        let place = tx.member(room.id, user).await?.filter(|member| member.active);
                        found.push((room, place));
                    }
                    Ok(found)
                })
            })
            .await
    }
}

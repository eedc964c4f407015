//! Changing a room: take its lock, check, take the next places in its sequence, keep the rows, tell the bus.

use futures_util::future::BoxFuture;
use parlor_model::{
    Access, Action, Actor, Change, Member, MemberRole, Refusal, Room, RoomEvent, RoomId, Seq, Timestamp, may,
};
use parlor_store::Tx;

use crate::{Core, Error};

/// What a transaction returns: a value for the caller, and the events that its commit makes true.
pub(crate) type Outcome<T> = Result<(T, Vec<RoomEvent>), Error>;

impl Core {
    /// Runs `work` in a write transaction. The store tells everybody its events right after the commit, before this
    /// returns, and also if the caller goes away.
    pub(crate) async fn commit<T: Send + 'static>(
        &self,
        work: impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Outcome<T>> + Send + 'static,
    ) -> Result<T, Error> {
        self.store()
            .write(move |tx| {
                Box::pin(async move {
                    let (value, events) = work(tx).await?;
                    for event in events {
                        tx.tell(event);
                    }
                    Ok(value)
                })
            })
            .await
    }

    /// What decides whether `actor` may do something in a room, read in one snapshot.
    pub(crate) async fn access(&self, actor: &Actor, room: RoomId) -> Result<Access, Error> {
        let (core, actor) = (self.clone(), actor.clone());
        self.store().read(move |tx| Box::pin(async move { read_access(tx, &core, &actor, room).await })).await
    }

    /// A room, if `actor` may do `action` there.
    pub(crate) async fn room_for(
        &self,
        actor: &Actor,
        room: RoomId,
        action: Action,
    ) -> Result<Access, Error> {
        let access = self.access(actor, room).await?;
        may(actor, action, &access)?;
        Ok(access)
    }
}

/// Reads a room and the actor's place in it.
pub(crate) async fn read_access(
    tx: &mut Tx<'_>,
    core: &Core,
    actor: &Actor,
    room: RoomId,
) -> Result<Access, Error> {
    let room = tx.room(actor.workspace(), room).await?.ok_or(Refusal::NotFound("room"))?;
    let member = tx.member(room.id, actor.id()).await?;
    Ok(Access { room, member, guests_roam: core.guests_roam(), at: core.env().now() })
}

/// A room under its lock, with the events that have happened to it in this transaction.
pub(crate) struct RoomChange {
    /// Who acts, as their row has them now: a connection may have known them under another name or role.
    pub(crate) actor: Actor,
    /// The room and the actor's place in it.
    pub(crate) access: Access,
    events: Vec<RoomEvent>,
}

impl RoomChange {
    /// Locks a room for `actor`. Nothing about it changes elsewhere until the transaction ends, so what is checked
    /// against it is true when it commits.
    pub(crate) async fn open(
        tx: &mut Tx<'_>,
        core: &Core,
        actor: &Actor,
        room: RoomId,
    ) -> Result<Self, Error> {
        let room = tx.lock_room(actor.workspace(), room).await?.ok_or(Refusal::NotFound("room"))?;
        let member = tx.member(room.id, actor.id()).await?;
        let user = tx.user(actor.id()).await?.ok_or(Refusal::Unauthenticated)?;
        let actor = Actor { user, session: actor.session };
        let access = Access { room, member, guests_roam: core.guests_roam(), at: core.env().now() };
        Ok(Self { actor, access, events: Vec::new() })
    }

    /// Refuses unless the actor may do `action`. What it finds stays true until the transaction ends.
    pub(crate) fn may(&self, action: Action) -> Result<(), Refusal> {
        may(&self.actor, action, &self.access)
    }

    /// When this happens.
    pub(crate) fn at(&self) -> Timestamp {
        self.access.at
    }

    /// The room.
    pub(crate) fn room(&mut self) -> &mut Room {
        &mut self.access.room
    }

    /// Takes the room's next place.
    pub(crate) fn next_seq(&mut self) -> Seq {
        self.access.room.head += 1;
        self.access.room.head
    }

    /// Notes what happened at the place that was taken last.
    pub(crate) fn record(&mut self, change: Change) {
        let event =
            RoomEvent { room: self.access.room.id, seq: self.access.room.head, at: self.at(), change };
        self.events.push(event);
    }

    /// Lets the actor into the room, with `role`. Does nothing if they are in it. Returns their place in it.
    pub(crate) async fn admit(&mut self, tx: &mut Tx<'_>, role: MemberRole) -> Result<Member, Error> {
        if let Some(present) = self.access.place() {
            return Ok(present.clone());
        }
        let seq = self.next_seq();
        let member = Member {
            room: self.access.room.id,
            user: self.actor.id(),
            role,
            active: true,
            changed_seq: seq,
            joined_at: self.at(),
            // Whoever was muted stays so, however often they leave and come back.
            mute: self.access.member.take().and_then(|former| former.mute),
            // Whoever comes in begins here; what was said before is there to be read, and is not unread.
            read: Some(seq),
        };
        tx.save_member(&member).await?;
        self.access.room.access_seq = seq;
        self.access.room.member_count += 1;
        self.access.member = Some(member.clone());
        self.record(Change::MemberJoined(member.clone(), self.actor.user.clone()));
        Ok(member)
    }

    /// Keeps the room's row, and hands out what is to be told after the commit.
    pub(crate) async fn close(self, tx: &mut Tx<'_>) -> Result<Vec<RoomEvent>, Error> {
        if !self.events.is_empty() {
            tx.save_room(&self.access.room).await?;
        }
        Ok(self.events)
    }
}

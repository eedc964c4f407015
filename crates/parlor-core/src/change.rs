//! Changing a room: take its lock, check, take the next places in its sequence, keep the rows, tell the bus.

use parlor_model::{
    Access, Action, Actor, Change, Member, MemberRole, Refusal, Room, RoomEvent, RoomId, Seq, Timestamp, may,
};
use parlor_store::Tx;

use crate::{Core, Error};

/// What an action does in a write transaction.
pub(crate) trait Work: Send + 'static {
    /// What it comes to.
    type Done: Send + 'static;

    /// Does it. Nothing of it happens if this returns an error.
    fn run(self, core: &Core, tx: &mut Tx<'_>) -> impl Future<Output = Result<Self::Done, Error>> + Send;
}

/// What an action does in one room, under the room's lock.
pub(crate) trait RoomWork: Send + 'static {
    /// What it comes to.
    type Done: Send + 'static;

    /// Does it. Nothing of it happens if this returns an error.
    fn run(self, change: &mut RoomChange<'_, '_>) -> impl Future<Output = Result<Self::Done, Error>> + Send;
}

impl Core {
    /// Runs `work` in a write transaction. The store tells everybody its events right after the commit, before this
    /// returns, and also if the caller goes away.
    pub(crate) async fn commit<W: Work>(&self, work: W) -> Result<W::Done, Error> {
        let core = self.clone();
        self.store().write(move |tx| Box::pin(async move { work.run(&core, tx).await })).await
    }

    /// Changes a room on behalf of `actor`, in a transaction of its own.
    pub(crate) async fn change_room<W: RoomWork>(
        &self,
        actor: &Actor,
        room: RoomId,
        work: W,
    ) -> Result<W::Done, Error> {
        self.commit(InRoom { actor: actor.clone(), room, work }).await
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

/// Work in one room that is all of its transaction.
struct InRoom<W> {
    actor: Actor,
    room: RoomId,
    work: W,
}

impl<W: RoomWork> Work for InRoom<W> {
    type Done = W::Done;

    async fn run(self, core: &Core, tx: &mut Tx<'_>) -> Result<W::Done, Error> {
        RoomChange::run(tx, core, &self.actor, self.room, self.work).await
    }
}

/// A room under its lock, and the transaction that changes it.
pub(crate) struct RoomChange<'t, 'c> {
    /// The rows.
    pub(crate) tx: &'t mut Tx<'c>,
    /// Who acts, as their row has them now: a connection may have known them under another name or role.
    pub(crate) actor: Actor,
    /// The room and the actor's place in it.
    pub(crate) access: Access,
    /// How many places of the room's sequence were taken.
    taken: usize,
    events: Vec<RoomEvent>,
}

impl<'t, 'c> RoomChange<'t, 'c> {
    /// Locks a room for `actor`, does `work` there, and keeps what came of it. Nothing about the room changes elsewhere until
    /// the transaction ends, so what is checked against it is true when it commits.
    pub(crate) async fn run<W: RoomWork>(
        tx: &'t mut Tx<'c>,
        core: &Core,
        actor: &Actor,
        room: RoomId,
        work: W,
    ) -> Result<W::Done, Error> {
        let mut change = RoomChange::open(tx, core, actor, room).await?;
        let done = work.run(&mut change).await?;
        change.close().await?;
        Ok(done)
    }

    async fn open(tx: &'t mut Tx<'c>, core: &Core, actor: &Actor, room: RoomId) -> Result<Self, Error> {
        let room = tx.lock_room(actor.workspace(), room).await?.ok_or(Refusal::NotFound("room"))?;
        let member = tx.member(room.id, actor.id()).await?;
        let user = tx.user(actor.id()).await?.ok_or(Refusal::Unauthenticated)?;
        let actor = Actor { user, session: actor.session };
        let access = Access { room, member, guests_roam: core.guests_roam(), at: core.env().now() };
        Ok(Self { tx, actor, access, taken: 0, events: Vec::new() })
    }

    /// Keeps the room's row, and notes what is to be told after the commit.
    async fn close(self) -> Result<(), Error> {
        if self.taken != self.events.len() {
            return Err(Error::Internal("a place in a room was taken and has no event".into()));
        }
        if !self.events.is_empty() {
            self.tx.save_room(&self.access.room).await?;
        }
        for event in self.events {
            self.tx.tell(event);
        }
        Ok(())
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
        self.taken += 1;
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
    pub(crate) async fn admit(&mut self, role: MemberRole) -> Result<Member, Error> {
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
        self.tx.save_member(&member).await?;
        self.access.room.access_seq = seq;
        self.access.room.member_count += 1;
        self.access.member = Some(member.clone());
        self.record(Change::MemberJoined(member.clone(), self.actor.user.clone()));
        Ok(member)
    }
}

/// Lets the actor into the room; for those who may, whatever the room's policy says.
pub(crate) struct Admit(pub(crate) MemberRole);

impl RoomWork for Admit {
    type Done = (Room, Member);

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<(Room, Member), Error> {
        let place = change.admit(self.0).await?;
        Ok((change.access.room.clone(), place))
    }
}

//! Keeps how far one has read in a room: one place for all of one's devices.
//!
//! It is nobody else's business, so it takes no place in the room's sequence. It moves when a client tells it, and never
//! by itself: a message costs no write for those who read it.

use parlor_bus::Notice;
use parlor_model::{Action, Actor, RoomId, Seq, may};

use crate::change::read_access;
use crate::{Core, Error};

impl Core {
    /// Moves one's place forward to `seq`, or to the newest there is if that is less; never back. Returns where it is now,
    /// and tells one's own devices if it has moved.
    pub async fn mark_read(&self, actor: &Actor, room: RoomId, seq: Seq) -> Result<Seq, Error> {
        let (reached, known) = self.reachable(actor, room, seq).await?;
        if known.is_some_and(|known| known >= reached) {
            return Ok(known.unwrap_or(reached));
        }
        let (core, reader) = (self.clone(), actor.clone());
        let (now, moved) = self
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let access = read_access(tx, &core, &reader, room).await?;
                    may(&reader, Action::MarkRead, &access)?;
                    let moved = tx.mark_read(room, reader.id(), reached).await?;
                    let known = access.place().and_then(|place| place.read).unwrap_or(0);
                    Ok::<_, Error>((known.max(reached), moved))
                })
            })
            .await?;
        if moved {
            self.bus().publish(Notice::Read { user: actor.id(), room, seq: now });
        }
        Ok(now)
    }

    /// How far somebody can have read who says `seq`, and how far they are known to have. Most of what is told is known,
    /// and costs no write.
    async fn reachable(&self, actor: &Actor, room: RoomId, seq: Seq) -> Result<(Seq, Option<Seq>), Error> {
        let access = self.room_for(actor, room, Action::MarkRead).await?;
        Ok((seq.min(access.room.head), access.place().and_then(|place| place.read)))
    }
}

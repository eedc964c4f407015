//! Leaves a room. A room is not left without an owner while there is somebody to become one.

use parlor_model::{Action, Actor, Change, Member, MemberRole, RoomId, Seq, User, UserId};

use crate::change::{RoomChange, RoomWork};
use crate::{Core, Error};

impl Core {
    /// Stops being a member. Returns the place of the change.
    ///
    /// If the last owner leaves, the member who has been there longest (and is no guest) becomes owner.
    pub async fn leave_room(&self, actor: &Actor, room: RoomId) -> Result<Seq, Error> {
        self.change_room(actor, room, Leave).await
    }
}

struct Leave;

impl RoomWork for Leave {
    type Done = Seq;

    async fn run(self, change: &mut RoomChange<'_, '_>) -> Result<Seq, Error> {
        change.may(Action::Leave)?;
        let Some(present) = change.access.member.clone() else {
            return Ok(change.access.room.head);
        };
        let user = change.actor.user.clone();
        depart(change, present, user).await
    }
}

/// Takes somebody out of the room, who is in it. Returns the place of the change.
pub(crate) async fn depart(
    change: &mut RoomChange<'_, '_>,
    present: Member,
    user: User,
) -> Result<Seq, Error> {
    let seq = change.next_seq();
    let was_owner = present.role == MemberRole::Owner;
    let member = Member { active: false, role: MemberRole::Member, changed_seq: seq, ..present };
    change.tx.save_member(&member).await?;
    change.room().access_seq = seq;
    change.room().member_count = change.room().member_count.saturating_sub(1);
    let leaver = member.user;
    change.record(Change::MemberLeft(member, user));
    if was_owner {
        pass_on_ownership(change, leaver).await?;
    }
    Ok(seq)
}

async fn pass_on_ownership(change: &mut RoomChange<'_, '_>, leaver: UserId) -> Result<(), Error> {
    let room = change.access.room.id;
    if change.tx.has_other_owner(room, leaver).await? {
        return Ok(());
    }
    let Some(heir) = change.tx.heir(room, leaver).await? else {
        return Ok(());
    };
    let Some(user) = change.tx.user(heir.user).await? else {
        return Ok(());
    };
    let seq = change.next_seq();
    // Nobody may be left who could end a mute of the owner.
    let heir = Member { role: MemberRole::Owner, changed_seq: seq, mute: None, ..heir };
    change.tx.save_member(&heir).await?;
    change.room().access_seq = seq;
    change.record(Change::MemberUpdated(heir, user));
    Ok(())
}

//! Rooms.

use parlor_model::{
    Member, NameKey, Room, RoomId, RoomKind, RoomName, Seq, Slug, Topic, UserId, WorkspaceId,
};

use crate::error::Error;
use crate::members::member_columns;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{self, Columns, params};

/// The columns of a room, in the order in which [`read`] takes them.
macro_rules! room_columns {
    () => {
        "rooms.id, rooms.workspace_id, rooms.slug, rooms.name, rooms.kind, rooms.topic, rooms.head, rooms.access_seq, \
         rooms.changed_seq, rooms.epoch, rooms.member_count, rooms.created_at"
    };
}
pub(crate) use room_columns;

statements! {
    INSERT_ROOM = portable(
        "INSERT INTO rooms (id, workspace_id, slug, name, name_key, kind, topic, head, access_seq, changed_seq, epoch,
             member_count, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    SAVE_ROOM = portable(
        "UPDATE rooms SET slug = $1, name = $2, name_key = $3, kind = $4, topic = $5, head = $6, access_seq = $7,
             changed_seq = $8, epoch = $9, member_count = $10
         WHERE id = $11 AND workspace_id = $12"
    );
    ROOM = portable(concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND id = $2"));
    ROOM_BY_SLUG = portable(concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND slug = $2"));
    LOCK_ROOM = split(
        concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND id = $2"),
        concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND id = $2 FOR UPDATE"),
    );
    PUBLIC_ROOM_BY_KEY = portable("SELECT id FROM rooms WHERE workspace_id = $1 AND name_key = $2 AND kind = 'public'");
    ROOMS_OF = portable(concat!("SELECT ", room_columns!(), ", ", member_columns!(), " FROM members
        JOIN rooms ON rooms.id = members.room_id
        WHERE members.user_id = $1 AND members.active ORDER BY rooms.name_key, rooms.id"));
    ROOM_IDS_OF = portable("SELECT room_id FROM members WHERE user_id = $1 AND active ORDER BY room_id");
    PUBLIC_ROOMS = portable(concat!("SELECT ", room_columns!(), " FROM rooms
        WHERE workspace_id = $1 AND kind = 'public' AND name_key > $2 ORDER BY name_key LIMIT $3"));
    HEADS = split(
        "SELECT id, head FROM rooms WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
        "SELECT id, head FROM rooms WHERE id = ANY($1) ORDER BY id",
    );
}

/// Reads the columns of [`room_columns`].
pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Room, Error> {
    Ok(Room {
        id: columns.id()?,
        workspace: columns.id()?,
        slug: Slug::stored(columns.text()?),
        name: RoomName::stored(columns.text()?),
        kind: columns.word(RoomKind::parse)?,
        topic: Topic::stored(columns.text()?),
        head: columns.number()?,
        access_seq: columns.number()?,
        changed_seq: columns.number()?,
        epoch: columns.number()?,
        member_count: columns.number()?,
        created_at: columns.time()?,
    })
}

impl Tx<'_> {
    /// Adds a room.
    ///
    /// # Errors
    /// [`Error::Taken`] if its address is taken, or it is public and the name of another public room looks like its.
    pub async fn insert_room(&mut self, room: &Room) -> Result<(), Error> {
        let key = room.name.key();
        let params = params![
            &room.id,
            &room.workspace,
            room.slug.as_str(),
            room.name.as_str(),
            key.as_str(),
            room.kind.as_str(),
            room.topic.as_str(),
            room.head,
            room.access_seq,
            room.changed_seq,
            room.epoch,
            room.member_count,
            room.created_at
        ];
        self.execute(&INSERT_ROOM, params).await.map(drop)
    }

    /// Saves every column that can change. The caller must hold the room: see [`Tx::lock_room`].
    ///
    /// # Errors
    /// [`Error::Taken`] if its address is taken, or it is public and the name of another public room looks like its.
    pub async fn save_room(&mut self, room: &Room) -> Result<(), Error> {
        let key = room.name.key();
        let params = params![
            room.slug.as_str(),
            room.name.as_str(),
            key.as_str(),
            room.kind.as_str(),
            room.topic.as_str(),
            room.head,
            room.access_seq,
            room.changed_seq,
            room.epoch,
            room.member_count,
            &room.id,
            &room.workspace
        ];
        self.execute(&SAVE_ROOM, params).await.map(drop)
    }

    /// A room of the workspace.
    pub async fn room(&mut self, workspace: WorkspaceId, id: RoomId) -> Result<Option<Room>, Error> {
        self.row(&ROOM, params![&workspace, &id], read).await
    }

    /// The room at an address.
    pub async fn room_by_slug(&mut self, workspace: WorkspaceId, slug: &Slug) -> Result<Option<Room>, Error> {
        self.row(&ROOM_BY_SLUG, params![&workspace, slug.as_str()], read).await
    }

    /// A room, which nobody else changes until this transaction ends.
    pub async fn lock_room(&mut self, workspace: WorkspaceId, id: RoomId) -> Result<Option<Room>, Error> {
        self.row(&LOCK_ROOM, params![&workspace, &id], read).await
    }

    /// True if there is a room at this address.
    pub async fn slug_taken(&mut self, workspace: WorkspaceId, slug: &Slug) -> Result<bool, Error> {
        self.exists(&ROOM_BY_SLUG, params![&workspace, slug.as_str()]).await
    }

    /// The public room whose name looks like this.
    pub async fn public_room_by_key(
        &mut self,
        workspace: WorkspaceId,
        key: &NameKey,
    ) -> Result<Option<RoomId>, Error> {
        self.row(&PUBLIC_ROOM_BY_KEY, params![&workspace, key.as_str()], value::id).await
    }

    /// The rooms that a user is in, by name.
    pub async fn rooms_of(&mut self, user: UserId) -> Result<Vec<(Room, Member)>, Error> {
        let read = |columns: &mut Columns<'_>| Ok((read(columns)?, crate::members::read(columns)?));
        self.rows(&ROOMS_OF, params![&user], read).await
    }

    /// The ids of the rooms that a user is in.
    pub async fn room_ids_of(&mut self, user: UserId) -> Result<Vec<RoomId>, Error> {
        self.rows(&ROOM_IDS_OF, params![&user], value::id).await
    }

    /// The public rooms of a workspace by the key of their name, those after `after`, at most `limit`.
    pub async fn public_rooms(
        &mut self,
        workspace: WorkspaceId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Room>, Error> {
        // Every key is longer than the empty text.
        let after = after.unwrap_or("");
        self.rows(&PUBLIC_ROOMS, params![&workspace, after, limit], read).await
    }

    /// The heads of those of these rooms that exist, in the order of their ids.
    pub async fn heads(&mut self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Seq)>, Error> {
        self.rows(&HEADS, params![rooms], |columns| Ok((columns.id()?, columns.number()?))).await
    }
}

//! Rooms.

use parlor_model::{Member, Room, RoomId, RoomKind, RoomName, Seq, Slug, Topic, UserId, WorkspaceId};

use crate::error::Error;
use crate::members::member_columns;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{self, Columns, params};

/// The columns of a room, in the order in which [`read`] takes them. The epoch is that of the present run: the one that a
/// room was made with names its positions from before there were runs.
macro_rules! room_columns {
    () => {
        "rooms.id, rooms.workspace_id, rooms.slug, rooms.name, rooms.kind, rooms.topic, rooms.head, rooms.access_seq, \
         rooms.changed_seq, COALESCE((SELECT epoch FROM runs ORDER BY number DESC LIMIT 1), rooms.epoch), \
         rooms.member_count, rooms.created_at"
    };
}
pub(crate) use room_columns;

statements! {
    INSERT_ROOM = portable(
        "INSERT INTO rooms (id, workspace_id, slug, name, name_key, kind, topic, head, access_seq, changed_seq, epoch,
             member_count, created_at, written_key, sort_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    // A room whose name did not change keeps the keys it has, also none.
    SAVE_ROOM = portable(
        "UPDATE rooms SET slug = $1, written_key = CASE WHEN name = $2 THEN written_key ELSE $3 END,
             name_key = CASE WHEN name = $2 THEN name_key ELSE $4 END, name = $2, kind = $5, topic = $6, head = $7,
             access_seq = $8, changed_seq = $9, member_count = $10, sort_key = $11
         WHERE id = $12 AND workspace_id = $13"
    );
    ROOMS_WITHOUT_KEY = portable(concat!("SELECT ", room_columns!(), " FROM rooms
        WHERE written_key IS NULL AND rooms.id > $1 ORDER BY rooms.id LIMIT $2"));
    ROOMS_WITHOUT_SORT_KEY = portable(concat!("SELECT ", room_columns!(), " FROM rooms
        WHERE sort_key IS NULL ORDER BY rooms.id LIMIT $1"));
    SET_SORT_KEY = portable("UPDATE rooms SET sort_key = $1 WHERE id = $2");
    SET_WRITTEN_KEY = portable("UPDATE rooms SET written_key = $1 WHERE id = $2");
    ROOM = portable(concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND id = $2"));
    ROOM_BY_SLUG = portable(concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND slug = $2"));
    LOCK_ROOM = split(
        concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND id = $2"),
        concat!("SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND id = $2 FOR UPDATE"),
    );
    // With OR in the place of UNION SQLite would read every public room.
    PUBLIC_ROOMS_ALIKE = portable(concat!(
        "SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND kind = 'public' AND name_key = $2
         UNION
         SELECT ", room_columns!(), " FROM rooms WHERE workspace_id = $1 AND kind = 'public' AND written_key = $3
         ORDER BY id"
    ));
    ROOMS_OF = portable(concat!("SELECT ", room_columns!(), ", ", member_columns!(), " FROM members
        JOIN rooms ON rooms.id = members.room_id
        WHERE members.user_id = $1 AND members.active ORDER BY rooms.sort_key, rooms.id"));
    ROOM_IDS_OF = portable("SELECT room_id FROM members WHERE user_id = $1 AND active ORDER BY room_id");
    FIRST_PUBLIC_ROOMS = portable(concat!("SELECT ", room_columns!(), " FROM rooms
        WHERE workspace_id = $1 AND kind = 'public' ORDER BY sort_key, id LIMIT $2"));
    NEXT_PUBLIC_ROOMS = portable(concat!("SELECT ", room_columns!(), " FROM rooms
        WHERE workspace_id = $1 AND kind = 'public'
          AND (sort_key, id) > (SELECT sort_key, id FROM rooms WHERE workspace_id = $1 AND kind = 'public' AND id = $2)
        ORDER BY sort_key, id LIMIT $3"));
    EVERY_ROOM = portable(concat!("SELECT ", room_columns!(), " FROM rooms WHERE rooms.id > $1 ORDER BY rooms.id LIMIT $2"));
    RENEW_NAME_KEY = portable("UPDATE rooms SET name_key = $1 WHERE id = $2 AND name_key <> $1");
    RENEW_WRITTEN_KEY = portable("UPDATE rooms SET written_key = $1 WHERE id = $2 AND written_key <> $1");
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
        let (key, written_key, sort_key) = (room.name.key(), room.name.written_key(), room.name.sort_key());
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
            room.created_at,
            written_key.as_str(),
            sort_key.as_str()
        ];
        self.execute(&INSERT_ROOM, params).await.map(drop)
    }

    /// Saves every column that can change. The caller must hold the room: see [`Tx::lock_room`].
    ///
    /// # Errors
    /// [`Error::Taken`] if its address is taken, or it is public and the name of another public room looks like its.
    pub async fn save_room(&mut self, room: &Room) -> Result<(), Error> {
        let (key, written_key, sort_key) = (room.name.key(), room.name.written_key(), room.name.sort_key());
        let params = params![
            room.slug.as_str(),
            room.name.as_str(),
            written_key.as_str(),
            key.as_str(),
            room.kind.as_str(),
            room.topic.as_str(),
            room.head,
            room.access_seq,
            room.changed_seq,
            room.member_count,
            sort_key.as_str(),
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

    /// The public rooms whose names look like this one: one at most by each of its keys, the oldest first.
    pub async fn public_rooms_alike(
        &mut self,
        workspace: WorkspaceId,
        name: &RoomName,
    ) -> Result<Vec<Room>, Error> {
        let (key, written_key) = (name.key(), name.written_key());
        self.rows(&PUBLIC_ROOMS_ALIKE, params![&workspace, key.as_str(), written_key.as_str()], read).await
    }

    /// Rooms that have no written key, up to `limit`, by id after `after`: those from before there was one, and later
    /// those whose name looked like another's already.
    pub(crate) async fn rooms_without_written_key(
        &mut self,
        after: RoomId,
        limit: u32,
    ) -> Result<Vec<Room>, Error> {
        self.rows(&ROOMS_WITHOUT_KEY, params![&after, limit], read).await
    }

    /// Gives a room the written key of its name.
    ///
    /// # Errors
    /// [`Error::Taken`] if it is public and another public room has that key.
    pub(crate) async fn set_written_key(&mut self, room: &Room) -> Result<(), Error> {
        let key = room.name.written_key();
        self.execute(&SET_WRITTEN_KEY, params![key.as_str(), &room.id]).await.map(drop)
    }

    /// Up to `limit` rooms that have no sort key: those from before there was one.
    pub(crate) async fn rooms_without_sort_key(&mut self, limit: u32) -> Result<Vec<Room>, Error> {
        self.rows(&ROOMS_WITHOUT_SORT_KEY, params![limit], read).await
    }

    /// Gives a room the sort key of its name.
    pub(crate) async fn set_sort_key(&mut self, room: &Room) -> Result<(), Error> {
        let key = room.name.sort_key();
        self.execute(&SET_SORT_KEY, params![key.as_str(), &room.id]).await.map(drop)
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

    /// The public rooms of a workspace by name, those after the room `after`, at most `limit`. After what is no public
    /// room there is none.
    pub async fn public_rooms(
        &mut self,
        workspace: WorkspaceId,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<Room>, Error> {
        match after {
            None => self.rows(&FIRST_PUBLIC_ROOMS, params![&workspace, limit], read).await,
            Some(after) => self.rows(&NEXT_PUBLIC_ROOMS, params![&workspace, &after, limit], read).await,
        }
    }

    /// Rooms of every kind, up to `limit`, by id after `after`.
    pub(crate) async fn every_room(&mut self, after: RoomId, limit: u32) -> Result<Vec<Room>, Error> {
        self.rows(&EVERY_ROOM, params![&after, limit], read).await
    }

    /// Gives a room the keys that its name has today. A key that another room has already is left as it was.
    pub(crate) async fn renew_keys(&mut self, room: &Room) -> Result<(), Error> {
        let (key, written_key) = (room.name.key(), room.name.written_key());
        self.execute_unless_taken(&RENEW_NAME_KEY, params![key.as_str(), &room.id]).await?;
        self.execute_unless_taken(&RENEW_WRITTEN_KEY, params![written_key.as_str(), &room.id]).await.map(drop)
    }

    /// The heads of those of these rooms that exist, in the order of their ids.
    pub async fn heads(&mut self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Seq)>, Error> {
        self.rows(&HEADS, params![rooms], |columns| Ok((columns.id()?, columns.number()?))).await
    }
}

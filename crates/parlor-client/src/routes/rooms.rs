//! Rooms.

use parlor_protocol::{CreateRoom, MarkRead, ReadPosition, Room, RoomList, UpdateRoom};
use reqwest::Method;

use super::with_query;
use crate::{Client, Result};

impl Client {
    /// The rooms one is in.
    pub async fn my_rooms(&self) -> Result<Vec<Room>> {
        let answer: RoomList = self.get(self.route(&["rooms"])).await?;
        Ok(answer.rooms)
    }

    /// A page of the rooms one may join, by name; `after` is the `next` of the page before.
    pub async fn public_rooms(&self, after: Option<&str>, limit: Option<usize>) -> Result<RoomList> {
        let query = [
            ("scope", Some("public".to_owned())),
            ("after", after.map(str::to_owned)),
            ("limit", limit.map(|limit| limit.to_string())),
        ];
        self.get(with_query(self.route(&["rooms"]), query)).await
    }

    /// Makes a room, `public` or `private`, and becomes its owner.
    pub async fn create_room(&self, room: &CreateRoom) -> Result<Room> {
        self.post(self.route(&["rooms"]), room).await
    }

    /// A room.
    pub async fn room(&self, room: &str) -> Result<Room> {
        self.get(self.route(&["rooms", room])).await
    }

    /// The room at an address.
    pub async fn room_by_slug(&self, slug: &str) -> Result<Room> {
        self.get(self.route(&["rooms", "by-slug", slug])).await
    }

    /// Changes a room's name or topic.
    pub async fn update_room(&self, room: &str, update: &UpdateRoom) -> Result<Room> {
        self.patch(self.route(&["rooms", room]), update).await
    }

    /// Becomes a member of a public room.
    pub async fn join_room(&self, room: &str) -> Result<Room> {
        self.post_nothing(self.route(&["rooms", room, "join"])).await
    }

    /// Stops being a member.
    pub async fn leave_room(&self, room: &str) -> Result<()> {
        let url = self.route(&["rooms", room, "leave"]);
        self.act(Method::POST, url, None::<&()>).await
    }

    /// Says how far one has read, for all of one's devices. Returns where it is now: it never goes back.
    pub async fn mark_read(&self, room: &str, seq: u64) -> Result<u64> {
        let answer: ReadPosition = self.put(self.route(&["rooms", room, "read"]), &MarkRead { seq }).await?;
        Ok(answer.seq)
    }
}

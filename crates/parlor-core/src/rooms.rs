//! Rooms: making, finding, changing, joining and leaving them.

mod create;
mod find;
mod join;
mod leave;
mod members;
mod update;

pub use create::NewRoom;
pub(crate) use create::new_room;
pub use update::RoomUpdate;

//! Rooms: making, finding, changing, joining and leaving them.

mod create;
mod find;
mod join;
mod leave;
mod mark_read;
mod members;
mod update;

pub use create::NewRoom;
pub(crate) use create::new_room;
pub(crate) use leave::depart;
pub use members::Roster;
pub use update::RoomUpdate;

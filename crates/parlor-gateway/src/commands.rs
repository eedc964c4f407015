//! What clients may ask for: one file a noun. A handler reads its data at once, and returns what is left to do.

pub(crate) mod hello;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod ping;
pub(crate) mod presence;
pub(crate) mod rooms;

//! Coming in: making the owner, registering, entering as a guest, becoming an account, and one's profile.

mod admission;
mod guest;
mod profile;
mod register;
mod setup;
mod users;

pub use admission::Admission;
pub(crate) use admission::{any_invite, open_invite};
pub use profile::ProfileChange;
pub use register::{Entered, Registrant};

//! Invitation links: making, listing, withdrawing and using them.

mod accept;
mod create;
mod list;

pub use accept::InvitePreview;

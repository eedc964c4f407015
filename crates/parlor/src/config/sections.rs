//! The sections of the configuration, one file each. Their documentation comments are the manual.

mod access;
mod database;
mod limits;
mod log;
mod server;
mod sessions;

pub(crate) use access::Access;
pub(crate) use database::Database;
pub(crate) use limits::Limits;
pub(crate) use log::{Format, Log};
pub(crate) use server::Server;
pub(crate) use sessions::Sessions;

//! What a run stands on: a server with rooms and people in them, made over HTTP as anybody would.

pub mod http;
pub mod people;
pub mod server;

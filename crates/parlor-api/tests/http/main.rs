//! The HTTP interface as clients see it: requests against the whole router, on a core over a fresh SQLite store.
//!
//! Every answer is held against the OpenAPI document, and searched for secrets; see `support`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests stop at the first surprise, like tests"
)]

mod accounts;
mod bad_input;
mod cookies;
mod documents;
mod guards;
mod invites;
mod limits;
mod matrix;
mod members;
mod messages;
mod rooms;
mod server;
mod sessions;
mod support;
mod users;
mod web;

//! From a request to the values that handlers take. Everything that can be wrong with a request's form is found here.

mod body;
mod caller;
mod client_address;
mod path;
mod query;

pub(crate) use body::Body;
pub(crate) use caller::{Caller, bearer_token};
pub(crate) use client_address::ClientAddress;
pub(crate) use path::{Id, Ids, Word};
pub(crate) use query::{FromQuery, MAX_LIMIT, Page, PageParameters, Parameters, Query};

//! One method a route of the HTTP interface, one file a noun.

mod accounts;
mod invites;
mod members;
mod messages;
mod rooms;
mod sessions;
mod users;

pub use messages::HistoryCursor;

/// Adds the parts of a query that are there.
fn with_query<const N: usize>(mut url: reqwest::Url, query: [(&str, Option<String>); N]) -> reqwest::Url {
    for (name, value) in query {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, &value);
        }
    }
    url
}

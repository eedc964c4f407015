//! `ping`: an answer, to see that the connection lives and what time it is here.

use parlor_protocol::Error;
use parlor_protocol::commands::Pong;

use crate::data::Data;
use crate::dispatch::{Context, Prepared};

/// Answers with the time.
pub(crate) fn ping(context: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    // Whatever stands in it is none of our business, as long as it is an object.
    data.read::<serde::de::IgnoredAny>()?;
    let now = context.shared.core.env().now().to_string();
    Ok(Prepared::later(None, async move { Ok(Pong { now }) }))
}

//! `ping`: an answer, to see that the connection lives.

use parlor_protocol::Error;
use serde_json::json;

use crate::data::Data;
use crate::dispatch::{Context, Prepared};

/// Answers.
pub(crate) fn ping(_: &Context, data: Data<'_>) -> Result<Prepared, Error> {
    // Whatever stands in it is none of our business, as long as it is an object.
    data.read::<serde::de::IgnoredAny>()?;
    Ok(Prepared::later(None, async { Ok(json!({})) }))
}

//! Ids and words in paths. An id that can't be one belongs to nothing: it answers as what does not exist.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use parlor_model::{InviteId, MessageId, Refusal, RoomId, SessionId, UserId};
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// What a path can name.
pub(crate) trait Named: FromStr {
    /// What a person calls it.
    const NOUN: &'static str;
}

impl Named for RoomId {
    const NOUN: &'static str = "room";
}
impl Named for MessageId {
    const NOUN: &'static str = "message";
}
impl Named for InviteId {
    const NOUN: &'static str = "invitation";
}
impl Named for UserId {
    const NOUN: &'static str = "member";
}
impl Named for SessionId {
    const NOUN: &'static str = "session";
}

/// The one id in a path.
pub(crate) struct Id<T>(pub(crate) T);

/// The two ids in a path: of a room, and of something in it.
pub(crate) struct Ids<T>(pub(crate) RoomId, pub(crate) T);

/// The one word in a path.
pub(crate) struct Word(pub(crate) String);

impl<S: Send + Sync, T: Named> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let text: String = read(parts, state, T::NOUN).await?;
        parse(&text).map(Self)
    }
}

impl<S: Send + Sync, T: Named> FromRequestParts<S> for Ids<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let (room, inner): (String, String) = read(parts, state, T::NOUN).await?;
        Ok(Self(parse(&room)?, parse(&inner)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Word {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        read(parts, state, "room").await.map(Self)
    }
}

async fn read<S: Send + Sync, T: DeserializeOwned + Send>(
    parts: &mut Parts,
    state: &S,
    noun: &'static str,
) -> Result<T, Failure> {
    // The only reason that is left for a failure is a percent-encoding of something that is not UTF-8.
    match Path::<T>::from_request_parts(parts, state).await {
        Ok(Path(value)) => Ok(value),
        Err(_) => Err(Refusal::NotFound(noun).into()),
    }
}

fn parse<T: Named>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Refusal::NotFound(T::NOUN).into())
}

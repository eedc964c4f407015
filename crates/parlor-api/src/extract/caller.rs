//! Who asks: the session behind a bearer token or the session cookie.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderValue};
use http::request::Parts;
use parlor_model::{Actor, Refusal};

use crate::cookies;
use crate::error::Failure;
use crate::options::Options;
use crate::state::ApiState;
use crate::visit;

/// The authenticated user that asks.
pub(crate) struct Caller(pub(crate) Actor);

impl FromRequestParts<ApiState> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Failure> {
        let token = token(&parts.headers, &state.options).ok_or(Refusal::Unauthenticated)?;
        let actor = state.identity.authenticate(token).await?;
        if let Some(visit) = visit::of(&parts.extensions) {
            visit.is_of(actor.id())?;
        }
        Ok(Self(actor))
    }
}

/// The token of a request. A header beats the cookie, and a header that can't be read is not the same as none: who
/// sends a broken credential must not be taken for the cookie's owner.
fn token<'a>(headers: &'a HeaderMap, options: &Options) -> Option<&'a str> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return cookies::session(headers, options).map(|presented| presented.token);
    };
    bearer_token(header)
}

/// The token in an `Authorization` header.
pub(crate) fn bearer_token(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_of(authorization: Option<&'static str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", "parlor_session=cookie".parse().unwrap());
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value.parse().unwrap());
        }
        token(&headers, &Options::default()).map(str::to_owned)
    }

    #[test]
    fn a_header_beats_the_cookie_even_when_it_is_broken() {
        assert_eq!(token_of(None).as_deref(), Some("cookie"));
        assert_eq!(token_of(Some("Bearer abc")).as_deref(), Some("abc"));
        assert_eq!(token_of(Some("bearer abc")).as_deref(), Some("abc"));
        assert_eq!(token_of(Some("Basic abc")), None);
        assert_eq!(token_of(Some("abc")), None);
    }
}

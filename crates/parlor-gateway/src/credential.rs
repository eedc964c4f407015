//! What a connection brought to say who it is: a header, a cookie, or nothing yet. Never anything in the address.

use std::fmt;

use http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use http::{HeaderMap, Uri};
use parlor_edge::Edge;

/// A token, wherever it came from. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credential(String);

/// A page of another origin came with our cookie.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ForeignOrigin;

impl Credential {
    /// A token from the first frame.
    pub(crate) fn new(token: String) -> Self {
        Self(token)
    }

    /// The token.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// What the upgrade brought. A bearer header comes before a cookie: no browser adds one by itself, so it needs no
    /// proof of origin, and beside it a cookie counts for nothing.
    ///
    /// # Errors
    /// If there is a session cookie and the request does not show that it comes from our own page.
    pub(crate) fn of_upgrade(
        uri: &Uri,
        headers: &HeaderMap,
        edge: &Edge,
    ) -> Result<Option<Self>, ForeignOrigin> {
        if let Some(token) = bearer(headers) {
            return Ok(Some(Self(token.to_owned())));
        }
        let cookies = session_cookies(headers, edge);
        if cookies.is_empty() {
            return Ok(None);
        }
        if !edge.is_own_page(single(headers, &ORIGIN), uri, headers) {
            return Err(ForeignOrigin);
        }
        // Two of the same name mean that somebody planted one.
        let [token] = cookies[..] else {
            return Ok(None);
        };
        Ok(Some(Self(token.to_owned())))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credential")
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = single(headers, &AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The tokens in session cookies: those of today's name, or else those of the name that earlier versions gave them.
fn session_cookies<'a>(headers: &'a HeaderMap, edge: &Edge) -> Vec<&'a str> {
    let names = edge.cookie_names(headers);
    let found = cookies(headers, &names.session);
    match names.former_session {
        Some(former) if found.is_empty() => cookies(headers, &former),
        _ => found,
    }
}

fn cookies<'a>(headers: &'a HeaderMap, wanted: &str) -> Vec<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == wanted)
        .map(|(_, token)| token)
        .collect()
}

/// A header that must not be there twice: two would let one reader see what another does not.
fn single<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::HOST;

    fn of(lines: &[(&'static str, &'static str)]) -> Result<Option<String>, ForeignOrigin> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("127.0.0.1:8080"));
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let credential = Credential::of_upgrade(&Uri::from_static("/api/v1/ws"), &headers, &Edge::default())?;
        Ok(credential.map(|credential| credential.expose().to_owned()))
    }

    const OURS: (&str, &str) = ("origin", "http://127.0.0.1:8080");
    const EVIL: (&str, &str) = ("origin", "https://evil.example");
    const COOKIE: (&str, &str) = ("cookie", "a=b; parlor_session_8080=abc; c=d");

    #[test]
    fn a_cookie_counts_only_from_our_own_page() {
        assert_eq!(of(&[COOKIE, OURS]), Ok(Some("abc".into())));
        assert_eq!(of(&[COOKIE, EVIL]), Err(ForeignOrigin));
        assert_eq!(of(&[COOKIE]), Err(ForeignOrigin), "absent");
        assert_eq!(of(&[COOKIE, ("origin", "null")]), Err(ForeignOrigin));
        assert_eq!(of(&[COOKIE, OURS, EVIL]), Err(ForeignOrigin), "which of the two?");
        let former = ("cookie", "parlor_session=old");
        assert_eq!(of(&[former, OURS]), Ok(Some("old".into())), "an upgrade signs nobody out");
        assert_eq!(of(&[former, EVIL]), Err(ForeignOrigin));
        assert_eq!(of(&[former, COOKIE, OURS]), Ok(Some("abc".into())));
        assert_eq!(of(&[("cookie", "parlor_session_8081=x"), OURS]), Ok(None), "that is another server's");
    }

    #[test]
    fn without_a_cookie_every_page_may_bring_its_own_token() {
        assert_eq!(of(&[EVIL]), Ok(None));
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[EVIL, ("cookie", "other=1")]), Ok(None));
        assert_eq!(
            of(&[EVIL, ("cookie", "__Host-parlor_session=abc")]),
            Ok(None),
            "that is the cookie of a server behind TLS"
        );
    }

    #[test]
    fn a_header_counts_for_itself_and_never_lends_weight_to_a_cookie() {
        let bearer = ("authorization", "Bearer xyz");
        assert_eq!(of(&[bearer]), Ok(Some("xyz".into())));
        assert_eq!(of(&[bearer, EVIL, COOKIE]), Ok(Some("xyz".into())));
        assert_eq!(of(&[("authorization", "Basic xyz"), EVIL, COOKIE]), Err(ForeignOrigin));
    }

    #[test]
    fn never_guesses_between_two_cookies() {
        assert_eq!(of(&[("cookie", "parlor_session_8080=a; parlor_session_8080=b"), OURS]), Ok(None));
        assert_eq!(of(&[("cookie", "parlor_session=a; parlor_session=b"), OURS]), Ok(None));
    }
}

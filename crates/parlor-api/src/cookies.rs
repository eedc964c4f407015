//! The cookies of the web client: reading and setting them. One holds the session's token; the other shows that somebody
//! has signed in on this device before. Nothing else is kept in cookies.

use axum::response::Response;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderValue, SET_COOKIE};

use crate::options::Options;

/// How long a browser keeps a cookie, in seconds: as long as browsers allow. When the session ends is the server's
/// decision alone.
const MAX_AGE_SECONDS: u32 = 400 * 24 * 60 * 60;

/// A token that a browser brought in a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Presented<'a> {
    /// The token.
    pub(crate) token: &'a str,
    /// True if the cookie has the name of earlier versions, without the port.
    pub(crate) former: bool,
}

/// The token in the session cookie, if there is exactly one. Two of the same name mean that somebody planted one.
pub(crate) fn session<'a>(headers: &'a HeaderMap, options: &Options) -> Option<Presented<'a>> {
    let names = options.edge.cookie_names(headers);
    match only(headers, &names.session) {
        Found::One(token) => Some(Presented { token, former: false }),
        Found::Several => None,
        Found::None => former_session(headers, options).map(|token| Presented { token, former: true }),
    }
}

/// The token in a session cookie with the name of earlier versions, where that is another one.
pub(crate) fn former_session<'a>(headers: &'a HeaderMap, options: &Options) -> Option<&'a str> {
    let name = options.edge.cookie_names(headers).former_session?;
    match only(headers, &name) {
        Found::One(token) => Some(token),
        Found::Several | Found::None => None,
    }
}

/// What shows that somebody has signed in on this device before.
pub(crate) fn device<'a>(headers: &'a HeaderMap, options: &Options) -> Option<&'a str> {
    match only(headers, &options.edge.cookie_names(headers).device) {
        Found::One(value) => Some(value),
        Found::Several | Found::None => None,
    }
}

/// The `Set-Cookie` that hands a token to the browser, out of reach of scripts.
pub(crate) fn set_session(headers: &HeaderMap, token: &str, options: &Options) -> Option<HeaderValue> {
    line(&options.edge.cookie_names(headers).session, token, MAX_AGE_SECONDS, options)
}

/// The `Set-Cookie` that lets the browser remember its device.
pub(crate) fn set_device(headers: &HeaderMap, value: &str, options: &Options) -> Option<HeaderValue> {
    line(&options.edge.cookie_names(headers).device, value, MAX_AGE_SECONDS, options)
}

/// The `Set-Cookie` that removes the session's.
pub(crate) fn clear_session(headers: &HeaderMap, options: &Options) -> Option<HeaderValue> {
    line(&options.edge.cookie_names(headers).session, "", 0, options)
}

/// The `Set-Cookie` that removes the one with the name of earlier versions.
pub(crate) fn clear_former_session(headers: &HeaderMap, options: &Options) -> Option<HeaderValue> {
    line(&options.edge.cookie_names(headers).former_session?, "", 0, options)
}

/// Gives a session's cookie that came with the name of earlier versions the name of today.
pub(crate) fn rename(response: &mut Response, headers: &HeaderMap, options: &Options) {
    let presented = session(headers, options).filter(|presented| presented.former);
    if let Some(Presented { token, .. }) = presented.filter(|_| !headers.contains_key(AUTHORIZATION)) {
        add(response, set_session(headers, token, options));
        add(response, clear_former_session(headers, options));
    }
}

/// Adds a `Set-Cookie` to a response.
pub(crate) fn add(response: &mut Response, line: Option<HeaderValue>) {
    if let Some(line) = line {
        response.headers_mut().append(SET_COOKIE, line);
    }
}

enum Found<'a> {
    None,
    One(&'a str),
    Several,
}

fn only<'a>(headers: &'a HeaderMap, wanted: &str) -> Found<'a> {
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == wanted)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (None, _) => Found::None,
        (Some(value), None) => Found::One(value),
        (Some(_), Some(_)) => Found::Several,
    }
}

fn line(name: &str, value: &str, max_age: u32, options: &Options) -> Option<HeaderValue> {
    let secure = if options.edge.is_secure() { "; Secure" } else { "" };
    let line = format!("{name}={value}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::from_str(&line).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::HOST;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost:8081"));
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        headers
    }

    fn token(lines: &[&'static str]) -> Option<(String, bool)> {
        let headers = headers(lines);
        session(&headers, &Options::default()).map(|found| (found.token.to_owned(), found.former))
    }

    #[test]
    fn reads_one_cookie_and_never_guesses_between_two() {
        let abc = Some(("abc".to_owned(), false));
        assert_eq!(token(&["a=b; parlor_session_8081=abc; c=d"]), abc);
        assert_eq!(token(&["a=b", "parlor_session_8081=abc"]), abc);
        assert_eq!(token(&["parlor_session_8081=abc; parlor_session_8081=planted"]), None);
        assert_eq!(token(&["xparlor_session_8081=abc"]), None);
        assert_eq!(token(&[]), None);
    }

    #[test]
    fn the_former_name_counts_where_the_name_of_today_is_not_there() {
        assert_eq!(token(&["parlor_session=old"]), Some(("old".to_owned(), true)));
        assert_eq!(token(&["parlor_session=old; parlor_session_8081=abc"]), Some(("abc".to_owned(), false)));
        assert_eq!(token(&["parlor_session=old; parlor_session=planted"]), None);
        assert_eq!(token(&["parlor_session=old; parlor_session_8081=a; parlor_session_8081=b"]), None);
        assert_eq!(token(&["parlor_session_8082=of another server"]), None);
    }

    #[test]
    fn is_out_of_reach_of_scripts() {
        let (mut options, headers) = (Options::default(), headers(&[]));
        let plain = set_session(&headers, "abc", &options).unwrap();
        assert_eq!(plain, "parlor_session_8081=abc; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax");
        let port = parlor_identity::CookiePort::OfPublicUrl;
        options.edge = parlor_edge::Edge::new("https://chat.example.org", port, Vec::new());
        for secure in [set_session(&headers, "abc", &options), set_device(&headers, "abc", &options)] {
            let secure = secure.unwrap();
            assert!(secure.to_str().unwrap().starts_with("__Host-parlor_"));
            assert!(secure.to_str().unwrap().ends_with("; HttpOnly; SameSite=Lax; Secure"));
        }
    }
}

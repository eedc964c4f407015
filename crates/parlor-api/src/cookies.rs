//! The session cookie of the web client: reading it and setting it. Nothing else is kept in cookies.

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};

use crate::options::Options;

/// How long a browser keeps the cookie, in seconds: as long as browsers allow. When the session ends is the server's
/// decision alone.
const MAX_AGE_SECONDS: u32 = 400 * 24 * 60 * 60;

/// The token in the session cookie, if there is exactly one. Two of the same name mean that somebody planted one.
pub(crate) fn session_token<'a>(headers: &'a HeaderMap, options: &Options) -> Option<&'a str> {
    let mut tokens = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == options.cookie_name())
        .map(|(_, token)| token);
    let token = tokens.next()?;
    tokens.next().is_none().then_some(token)
}

/// The `Set-Cookie` that hands a token to the browser, out of reach of scripts.
pub(crate) fn set(token: &str, options: &Options) -> Option<HeaderValue> {
    line(token, MAX_AGE_SECONDS, options)
}

/// The `Set-Cookie` that removes it.
pub(crate) fn clear(options: &Options) -> Option<HeaderValue> {
    line("", 0, options)
}

fn line(token: &str, max_age: u32, options: &Options) -> Option<HeaderValue> {
    let name = options.cookie_name();
    let secure = if options.is_secure() { "; Secure" } else { "" };
    let line = format!("{name}={token}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::from_str(&line).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(lines: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        session_token(&headers, &Options::default()).map(str::to_owned)
    }

    #[test]
    fn reads_one_cookie_and_never_guesses_between_two() {
        assert_eq!(token(&["a=b; parlor_session=abc; c=d"]).as_deref(), Some("abc"));
        assert_eq!(token(&["a=b", "parlor_session=abc"]).as_deref(), Some("abc"));
        assert_eq!(token(&["parlor_session=abc; parlor_session=planted"]), None);
        assert_eq!(token(&["xparlor_session=abc"]), None);
        assert_eq!(token(&[]), None);
    }

    #[test]
    fn is_out_of_reach_of_scripts() {
        let mut options = Options::default();
        let plain = set("abc", &options).unwrap();
        assert_eq!(plain, "parlor_session=abc; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax");
        options.public_url = "https://chat.example.org".into();
        let secure = set("abc", &options).unwrap();
        assert!(secure.to_str().unwrap().starts_with("__Host-parlor_session=abc;"));
        assert!(secure.to_str().unwrap().ends_with("; Secure"));
    }
}

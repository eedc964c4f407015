//! What the cookies of a browser are called: those of several servers on one host must not meet.
//!
//! Browsers keep cookies by host and leave out the port. So the name has it, unless it is the one that the scheme has
//! anyway.

/// The names of the cookies that a server uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieNames {
    /// Holds the token of the session.
    pub session: String,
    /// What the session's cookie was called before the port stood in its name, where that is another name. It is read
    /// if the other one is not there, so that an upgrade signs nobody out.
    pub former_session: Option<String>,
    /// Shows that somebody has signed in on this device before.
    pub device: String,
}

/// Whose word counts for the port in the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CookiePort {
    /// The public address: whoever runs the server has said which it is.
    OfPublicUrl,
    /// The `Host` of the request: what the browser believes to speak to. A server that was told nothing may be reached
    /// through a port of its container, of which it does not know.
    #[default]
    OfHost,
}

impl CookieNames {
    /// The names for a request to `host` on a server with this public address. Over TLS a prefix makes browsers refuse
    /// cookies that were not set by this very host.
    pub fn new(public_url: &str, port: CookiePort, host: Option<&str>) -> Self {
        let public_url = public_url.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = public_url.split_once("://").unwrap_or(("http", public_url.as_str()));
        let secure = scheme == "https";
        let authority = match port {
            CookiePort::OfPublicUrl => authority,
            CookiePort::OfHost => host.unwrap_or(authority),
        };
        let usual = if secure { 443 } else { 80 };
        let suffix = port_of(authority).filter(|&port| port != usual).map(|port| format!("_{port}"));
        let suffix = suffix.unwrap_or_default();
        let prefix = if secure { "__Host-" } else { "" };
        let former = format!("{prefix}parlor_session");
        Self {
            session: format!("{prefix}parlor_session{suffix}"),
            former_session: (!suffix.is_empty()).then_some(former),
            device: format!("{prefix}parlor_device{suffix}"),
        }
    }
}

/// The port of `host:port`, `[::1]:port` or neither.
fn port_of(authority: &str) -> Option<u16> {
    let (host, port) = authority.rsplit_once(':')?;
    let is_host = !host.contains(':') || host.ends_with(']');
    port.parse().ok().filter(|_| is_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_has_the_port_where_it_is_not_the_usual_one() {
        let name = |url: &str| CookieNames::new(url, CookiePort::OfPublicUrl, Some("ignored:1")).session;
        for (url, expected) in [
            ("http://127.0.0.1:8080", "parlor_session_8080"),
            ("http://localhost", "parlor_session"),
            ("http://localhost:80", "parlor_session"),
            ("http://[::1]:8081", "parlor_session_8081"),
            ("http://[::1]", "parlor_session"),
            ("HTTPS://chat.example.org/", "__Host-parlor_session"),
            ("https://chat.example.org:443", "__Host-parlor_session"),
            ("https://chat.example.org:8443", "__Host-parlor_session_8443"),
            ("https://chat.example.org:80", "__Host-parlor_session_80"),
        ] {
            assert_eq!(name(url), expected, "{url}");
        }
    }

    #[test]
    fn a_server_that_was_told_nothing_goes_by_the_port_of_the_browser() {
        let names = |host| CookieNames::new("http://localhost:8080", CookiePort::OfHost, host);
        assert_eq!(names(Some("localhost:8081")).session, "parlor_session_8081");
        assert_eq!(names(Some("localhost:8082")).device, "parlor_device_8082");
        assert_eq!(names(Some("chat.example.org")).session, "parlor_session");
        assert_eq!(names(Some("chat.example.org")).former_session, None);
        assert_eq!(names(Some("[::1]:8081")).session, "parlor_session_8081");
        assert_eq!(names(Some("a:x; evil")).session, "parlor_session");
        assert_eq!(names(None).session, "parlor_session_8080");
        assert_eq!(names(None).former_session.as_deref(), Some("parlor_session"));
    }
}

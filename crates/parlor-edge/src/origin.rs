//! Whether a page of ours sent a request. A browser attaches the session cookie by itself, whatever page asks; but it says
//! in `Origin` which page that is, and no script can forge that.

use http::Uri;

/// An origin: scheme, host and port, in the form in which two are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

/// True if `origin` is the server's public address, or the very host that the request was sent to, so that a server works
/// under every name it is reached by. Where the public address is `https`, a page without TLS is another one.
pub(crate) fn is_ours(origin: Option<&str>, host: Option<&str>, public_url: &str) -> bool {
    let Some(origin) = origin.and_then(exact) else {
        return false;
    };
    let Some(public) = parse(public_url) else {
        return false;
    };
    if public.secure && !origin.secure {
        return false;
    }
    let scheme = if origin.secure { "https" } else { "http" };
    let addressed = host.and_then(|host| parse(&format!("{scheme}://{host}")));
    origin == public || Some(origin) == addressed
}

/// Reads what a browser writes in `Origin`: nothing may follow the port.
fn exact(text: &str) -> Option<Origin> {
    let (_, authority) = text.split_once("://")?;
    let bare = !authority.contains(['/', '?', '#', '@']);
    bare.then(|| parse(text)).flatten()
}

/// Reads the origin of an address.
fn parse(address: &str) -> Option<Origin> {
    let uri: Uri = address.parse().ok()?;
    let secure = match uri.scheme_str()?.to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        _ => return None,
    };
    let authority = uri.authority()?;
    if authority.as_str().contains('@') {
        return None;
    }
    let port = match authority.port() {
        Some(port) => port.as_u16(),
        None if authority.as_str().ends_with(':') => return None,
        None if secure => 443,
        None => 80,
    };
    Some(Origin { secure, host: authority.host().to_ascii_lowercase(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_pages_are_ours() {
        for (origin, host, public) in [
            ("https://chat.example.org", "chat.example.org", "https://chat.example.org"),
            ("https://chat.example.org", "10.0.0.7:8080", "https://chat.example.org"),
            ("https://chat.example.org:443", "chat.example.org", "https://chat.example.org"),
            ("https://chat.example.org", "chat.example.org:443", "https://chat.example.org/"),
            ("HTTPS://Chat.Example.org", "chat.example.org", "https://chat.example.org"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:8080", "localhost:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "[::1]:8080", "http://127.0.0.1:8080"),
            // A proxy has the certificate, and nobody has told the server.
            ("https://chat.example.org", "chat.example.org", "http://127.0.0.1:8080"),
            ("http://chat.example.org", "chat.example.org:80", "http://127.0.0.1:8080"),
        ] {
            assert!(is_ours(Some(origin), Some(host), public), "{origin} {host} {public}");
        }
    }

    #[test]
    fn no_other_page_is() {
        let (host, public) = ("chat.example.org", "https://chat.example.org");
        for origin in [
            "",
            "null",
            "https://evil.example",
            "https://chat.example.org.evil.example",
            "https://evilchat.example.org",
            "https://chat.example.or",
            "https://example.org",
            "https://sub.chat.example.org",
            "https://chat.example.org:8443",
            "https://chat.example.org:80",
            "https://chat.example.org:",
            "http://chat.example.org",
            "http://chat.example.org:443",
            "ws://chat.example.org",
            "wss://chat.example.org",
            "ftp://chat.example.org",
            "file://chat.example.org",
            "chrome-extension://chat.example.org",
            "chat.example.org",
            "//chat.example.org",
            "https://user@chat.example.org",
            "https://chat.example.org@evil.example",
            "https://chat.example.org/",
            "https://chat.example.org/page",
            "https://chat.example.org?a",
            "https://chat.example.org#a",
            "https://chat.example.org, https://evil.example",
            "https://chat.example.org https://evil.example",
            "https://chat.example.org.",
            "https://сhat.example.org",
        ] {
            assert!(!is_ours(Some(origin), Some(host), public), "{origin:?}");
        }
        assert!(!is_ours(None, Some(host), public), "absent");
        assert!(!is_ours(Some("https://evil.example"), None, public), "no host to be equal to");
        assert!(
            !is_ours(Some("http://evil.example"), Some("chat.example.org"), "nonsense"),
            "an unusable public address allows nobody"
        );
    }
}

//! The built web client, embedded: bytes by path. It knows nothing of HTTP servers.
//!
//! The build script compiles `web/` with Vite and packs the result, in debug builds too; see `docs/web.md`. A server
//! answers a path with [`asset`], and every path that a person may open (`/`, `/r/<slug>`, `/settings`, …) with
//! [`index`], because the client finds its way by itself.
//!
//! ```
//! let page = parlor_web::index();
//! assert_eq!(page.mime, "text/html; charset=utf-8");
//! assert!(parlor_web::asset("/no/such/file.js").is_none());
//! ```

/// A file of the client.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// The path of its address, from the root: `/assets/index-1f2e3d.js`.
    pub path: &'static str,
    /// Its media type, as `Content-Type` wants it.
    pub mime: &'static str,
    /// A strong validator made of its content, with its quotes, as `ETag` wants it. It is that of the plain bytes: a
    /// server that sends the compressed ones should vary on `Accept-Encoding`.
    pub etag: &'static str,
    /// The file itself.
    pub bytes: &'static [u8],
    /// The same, compressed with Brotli; `None` if that would not make it smaller.
    pub brotli: Option<&'static [u8]>,
    /// True if its name holds a hash of its content: a browser may keep it for ever.
    pub immutable: bool,
}

/// Every file of the client, sorted by path; empty if the client was not built in.
static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What is shown in place of a client that was not built in.
static PLACEHOLDER: Asset = Asset {
    path: INDEX,
    mime: "text/html; charset=utf-8",
    etag: concat!("\"placeholder-", env!("CARGO_PKG_VERSION"), "\""),
    bytes: include_bytes!("placeholder.html"),
    brotli: None,
    immutable: false,
};

const INDEX: &str = "/index.html";

/// The file at a path that begins with a slash; `None` if there is none. A path is compared as it is: decode it first.
pub fn asset(path: &str) -> Option<&'static Asset> {
    if is_placeholder() {
        return (path == INDEX).then_some(&PLACEHOLDER);
    }
    let index = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(index)
}

/// The page that is the client.
pub fn index() -> &'static Asset {
    asset(INDEX).unwrap_or(&PLACEHOLDER)
}

/// Every file, sorted by path.
pub fn assets() -> &'static [Asset] {
    ASSETS
}

/// True if the client was not built in, and [`index`] is a page that says how to get it.
pub fn is_placeholder() -> bool {
    ASSETS.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The addresses in `src` and `href` of the page that lead to the client's own files.
    fn linked(page: &str) -> Vec<&str> {
        let after = |mark| page.split(mark).skip(1);
        after("src=\"")
            .chain(after("href=\""))
            .filter_map(|rest| rest.split('"').next())
            .filter(|path| path.starts_with('/') && *path != "/docs")
            .collect()
    }

    fn page() -> &'static str {
        std::str::from_utf8(index().bytes).unwrap()
    }

    #[test]
    fn the_page_has_everything_it_names() {
        let paths = linked(page());
        assert!(is_placeholder() || paths.len() >= 3, "{paths:?}");
        for path in paths {
            assert!(asset(path).is_some(), "{path} is linked and not there");
        }
    }

    #[test]
    fn the_page_runs_no_script_and_no_style_of_its_own() {
        // The policy that the server sends with it would forbid them.
        assert!(!page().contains("<style") || is_placeholder());
        for script in page().split("<script").skip(1) {
            assert!(script.contains("src=\""), "an inline script: {script}");
        }
    }

    #[test]
    fn paths_are_sorted_and_unique() {
        assert!(ASSETS.is_sorted_by(|one, next| one.path < next.path));
        for one in ASSETS {
            assert_eq!(asset(one.path).unwrap().etag, one.etag);
        }
    }

    #[test]
    fn only_what_is_named_by_its_content_is_immutable() {
        for one in ASSETS {
            assert_eq!(one.immutable, one.path.starts_with("/assets/"), "{}", one.path);
        }
        assert!(!index().immutable);
    }

    #[test]
    fn a_validator_is_strong_and_of_the_content() {
        let mut etags: Vec<_> = ASSETS.iter().map(|one| one.etag).collect();
        for etag in &etags {
            assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() == 29, "{etag}");
        }
        etags.sort_unstable();
        etags.dedup();
        assert_eq!(etags.len(), ASSETS.len());
    }

    #[test]
    fn compressed_bytes_are_fewer() {
        for one in ASSETS {
            let compressed = one.brotli.map_or(0, <[u8]>::len);
            assert!(compressed < one.bytes.len(), "{}", one.path);
            let is_text = one.mime.starts_with("text/");
            assert!(!is_text || one.bytes.len() < 300 || compressed > 0, "{}", one.path);
        }
    }

    #[test]
    fn a_strange_path_is_nothing() {
        for path in ["", "/", "index.html", "/../Cargo.toml", "/assets/", "//index.html"] {
            assert!(asset(path).is_none(), "{path:?}");
        }
    }
}

//! What the operating system allows, and what is in this program.

use rustix::process::{Resource, getrlimit};

use super::report::Check;
use crate::config::Configuration;

/// Files that a server opens beside one for each connection.
const OTHER_FILES: u64 = 128;

/// Whether there are as many file descriptors as the server may need. It raises the soft limit by itself.
pub(super) fn open_files(configuration: &Configuration) -> Check {
    let needed = u64::from(configuration.limits.max_connections.0) + OTHER_FILES;
    judge(getrlimit(Resource::Nofile).maximum, needed)
}

fn judge(allowed: Option<u64>, needed: u64) -> Check {
    const NAME: &str = "open files";
    match allowed {
        Some(allowed) if allowed < needed => Check::warning(
            NAME,
            format!("{allowed} are allowed, but limits.max_connections needs {needed}"),
            "Raise the limit (LimitNOFILE= in systemd, ulimits in Docker), or lower limits.max_connections.",
        ),
        Some(allowed) => Check::ok(NAME, format!("{allowed} are allowed")),
        None => Check::ok(NAME, "any number is allowed"),
    }
}

/// Whether the web client is in this program.
pub(super) fn web_client() -> Check {
    const NAME: &str = "web client";
    if parlor_web::is_placeholder() {
        let advice = "Build Parlor where Node.js 20.19 or newer is, and without PARLOR_SKIP_WEB.";
        return Check::warning(NAME, "this program was built without it; only the interfaces work", advice);
    }
    Check::ok(NAME, format!("in this program, {} files", parlor_web::assets().len()))
}

#[cfg(test)]
mod tests {
    use super::super::report::Status;
    use super::*;

    #[test]
    fn too_few_files_are_a_warning() {
        assert_eq!(judge(Some(100), 101).status, Status::Warning);
        assert_eq!(judge(Some(101), 101).status, Status::Ok);
        assert_eq!(judge(None, u64::MAX).status, Status::Ok);
    }
}

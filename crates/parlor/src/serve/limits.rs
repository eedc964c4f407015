//! What the operating system allows the process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many files the server itself has open at most: its database, its log, what it listens on.
const OWN_FILES: usize = 64;

/// Lets the process open as many files as it may: every connection is one, and the usual limit is for programs at a
/// terminal.
pub(super) fn raise_open_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: maximum, maximum };
    if current == maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(error = %error, "the limit of open files could not be raised");
    }
}

/// How many connections the process can hold: as many as it may open files, but for some that it needs itself. What it
/// could not even take it could not choose from.
pub(super) fn connections(wanted: usize) -> usize {
    let open = getrlimit(Resource::Nofile).current.and_then(|most| usize::try_from(most).ok());
    let possible = open.map_or(wanted, |most| most.saturating_sub(OWN_FILES).max(1));
    if possible < wanted {
        tracing::warn!(
            limit = possible,
            "the system lets the process open fewer connections than it may have"
        );
    }
    wanted.min(possible)
}

/// Keeps the allocator's memory in pages of the usual size. Huge ones would make a server that nobody uses take twice the
/// memory (42 MiB instead of 25), and one that is busy no quicker that one could see.
pub(crate) fn refuse_huge_pages() {
    // A kernel that knows none gives none.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_pages_are_refused() {
        refuse_huge_pages();
        assert_eq!(rustix::thread::transparent_huge_pages_are_disabled(), Ok(true));
    }

    #[test]
    fn there_are_no_more_connections_than_files() {
        let most = getrlimit(Resource::Nofile).current;
        assert_eq!(connections(1), 1);
        let possible = connections(usize::MAX);
        assert!(most.is_none_or(|most| possible as u64 + OWN_FILES as u64 == most), "{possible} of {most:?}");
    }

    #[test]
    fn the_limit_is_as_high_as_it_may_be() {
        raise_open_files();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
    }
}

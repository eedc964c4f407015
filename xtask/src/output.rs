//! What people see: lines in their order, and durations.

use std::cell::RefCell;
use std::io::Write;
use std::time::Duration;

thread_local! {
    /// What this thread has said, while it is kept.
    static KEPT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Prints a line on standard output at once, so that it keeps its place among the children's lines.
/// A reader who went away is no reason to stop testing.
pub(crate) fn say(line: &str) {
    let is_kept = KEPT.with_borrow_mut(|kept| kept.as_mut().map(|kept| kept.extend([line, "\n"])).is_some());
    if is_kept {
        return;
    }
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Does something whose words must not stand between those of others. Returns them.
pub(crate) fn kept<T>(work: impl FnOnce() -> T) -> (T, String) {
    KEPT.set(Some(String::new()));
    let done = work();
    (done, KEPT.take().unwrap_or_default())
}

/// A duration as people say it: `0.4 s`, `3 min 12 s`.
pub(crate) fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_one_piece() {
        let ((), words) = kept(|| ["one", "two"].map(say).into_iter().collect());
        assert_eq!(words, "one\ntwo\n");
        assert_eq!(kept(|| 3), (3, String::new()));
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(430)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(192)), "3 min 12 s");
        assert_eq!(duration(Duration::from_secs(61)), "1 min 01 s");
    }
}

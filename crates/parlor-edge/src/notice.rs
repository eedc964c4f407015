//! A word for the operator that repeats itself once a minute at most, however often its cause does.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a notice is silent after it was given.
const EVERY: Duration = Duration::from_mins(1);

/// When a notice was given last.
#[derive(Debug, Default)]
pub(crate) struct Notice(Mutex<Option<Instant>>);

impl Notice {
    /// True if it may be given now; then it counts as given.
    pub(crate) fn is_due(&self) -> bool {
        self.is_due_at(Instant::now())
    }

    fn is_due_at(&self, now: Instant) -> bool {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = given.is_none_or(|given| now.saturating_duration_since(given) >= EVERY);
        if is_due {
            *given = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_once_a_minute() {
        let (notice, begin) = (Notice::default(), Instant::now());
        assert!(notice.is_due_at(begin));
        assert!(!notice.is_due_at(begin + EVERY / 2));
        assert!(notice.is_due_at(begin + EVERY));
        assert!(!notice.is_due_at(begin + EVERY + EVERY / 2));
    }
}

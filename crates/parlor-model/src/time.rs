//! Points in time, in milliseconds since 1970 UTC.
//!
//! The order of messages never rests on them: that is what a room's sequence is for.

use std::fmt;
use std::time::Duration;

/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z. Displays as RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This time, later by `duration`; the end of time if that is nearer.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero if it isn't.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(formatter, "{timestamp:.3}"),
            Err(_) => write!(formatter, "{}ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_as_rfc_3339() {
        assert_eq!(Timestamp::from_millis(1_700_000_000_120).to_string(), "2023-11-14T22:13:20.120Z");
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn arithmetic_stays_inside_time() {
        let time = Timestamp::from_millis(10);
        assert_eq!(time.after(Duration::from_millis(5)), Timestamp::from_millis(15));
        assert_eq!(time.after(Duration::MAX), Timestamp::from_millis(i64::MAX));
        assert_eq!(time.since(Timestamp::from_millis(4)), Duration::from_millis(6));
        assert_eq!(time.since(Timestamp::from_millis(40)), Duration::ZERO);
    }
}

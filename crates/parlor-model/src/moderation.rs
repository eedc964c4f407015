//! Keeping order in a room: what those who may do so lay upon a member.
//!
//! A mute is a part of the member's row: leaving and coming back does not end it.

use std::fmt::Write as _;
use std::time::Duration;

use crate::ids::UserId;
use crate::names::{free_text, text_type};
use crate::refusal::{Field, Refusal};
use crate::time::Timestamp;

/// Somebody may read in a room and not write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// Since when.
    pub at: Timestamp,
    /// Until when; until somebody ends it, if absent. At this very time it is over.
    pub until: Option<Timestamp>,
    /// Who decided it.
    pub by: UserId,
    /// Why.
    pub reason: MuteReason,
}

impl Mute {
    /// False once its time is over.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// What somebody is told who may not write because of it.
    pub fn refusal(&self, now: Timestamp) -> Refusal {
        Refusal::Muted { reason: self.reason.clone(), retry_after: self.until.map(|until| until.since(now)) }
    }
}

/// Why somebody was muted: up to 250 characters, nothing hidden; may be empty. Those who keep order and the one it is
/// about see it, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct MuteReason(String);
text_type!(MuteReason);

impl MuteReason {
    /// Checks a reason.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] of [`Field::Reason`].
    pub fn new(text: &str) -> Result<Self, Refusal> {
        free_text(text, Field::Reason, 0, 250).map(Self)
    }

    /// The reason, if one was given.
    pub fn given(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.is_empty())
    }
}

/// What the muted person reads.
pub(crate) fn words(reason: &MuteReason, retry_after: Option<Duration>) -> String {
    let mut words = "You are muted in this room".to_owned();
    if let Some(left) = retry_after {
        words.push_str(" for another ");
        words.push_str(&rounded_up(left));
    }
    words.push('.');
    if let Some(reason) = reason.given() {
        // Writing into a String can't fail.
        let _ = write!(words, " Reason: “{reason}”.");
    }
    words
}

/// A time to wait in the largest unit of which it has two or more, never shorter than it is.
fn rounded_up(left: Duration) -> String {
    let seconds = left.as_millis().div_ceil(1_000).max(1);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds.div_ceil(60)),
        7_200..172_800 => format!("{} h", seconds.div_ceil(3_600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mute(until: Option<i64>, reason: &str) -> Mute {
        Mute {
            at: Timestamp::from_millis(0),
            until: until.map(Timestamp::from_millis),
            by: UserId::from_bytes([1; 16]),
            reason: MuteReason::new(reason).unwrap(),
        }
    }

    #[test]
    fn a_mute_is_over_at_its_time() {
        let holds = |until, now| mute(until, "").holds_at(Timestamp::from_millis(now));
        assert_eq!([holds(Some(10), 9), holds(Some(10), 10), holds(None, i64::MAX)], [true, false, true]);
    }

    #[test]
    fn the_muted_person_reads_how_long_and_why() {
        let told = |until, reason: &str| mute(until, reason).refusal(Timestamp::from_millis(0)).to_string();
        assert_eq!(
            told(Some(30_001), " spam "),
            "You are muted in this room for another 31 s. Reason: “spam”."
        );
        assert_eq!(told(Some(120_001), ""), "You are muted in this room for another 3 min.");
        assert_eq!(told(Some(7_200_000), ""), "You are muted in this room for another 2 h.");
        assert_eq!(told(Some(172_800_000), ""), "You are muted in this room for another 2 days.");
        assert_eq!(
            told(None, "until we have talked"),
            "You are muted in this room. Reason: “until we have talked”."
        );
    }

    #[test]
    fn a_reason_is_a_line_of_text() {
        assert_eq!(MuteReason::new("").unwrap().given(), None);
        assert!(MuteReason::new(&"é".repeat(250)).is_ok());
        for text in ["a\nb", "a\u{202e}b", &"x".repeat(251)] {
            assert!(
                matches!(MuteReason::new(text), Err(Refusal::Invalid { field: Field::Reason, .. })),
                "{text:?}"
            );
        }
    }
}

//! When to send, decided before anything is sent: an answer that is late does not put off the next send, and the time
//! of a delivery counts from when its send was due. So a server that stops for a moment is not asked less meanwhile.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// An endless list of moments, as independent people would make them (exponential gaps).
#[derive(Debug)]
pub struct Schedule {
    random: StdRng,
    /// The mean gap in nanoseconds.
    gap: f64,
    senders: usize,
    next: Due,
}

/// A moment, and whose turn it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// In nanoseconds on the clock of [`super::now`].
    pub at: u64,
    /// Which of the senders.
    pub sender: usize,
}

impl Schedule {
    /// So many sends a second in the mean, by so many senders, from `start` on. There must be at least one sender.
    pub fn new(seed: u64, per_second: f64, senders: usize, start: u64) -> Self {
        let mut schedule = Self {
            random: StdRng::seed_from_u64(seed),
            gap: 1e9 / per_second,
            senders: senders.max(1),
            next: Due { at: start, sender: 0 },
        };
        schedule.advance();
        schedule
    }

    /// What is due next.
    pub fn next(&self) -> Due {
        self.next
    }

    /// Takes what is due by `now`, if anything is.
    pub fn take(&mut self, now: u64) -> Option<Due> {
        let due = self.next;
        (due.at <= now).then(|| self.advance())?;
        Some(due)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "gaps are positive and short"
    )]
    fn advance(&mut self) {
        let uniform: f64 = self.random.random_range(f64::EPSILON..1.0);
        let gap = -uniform.ln() * self.gap;
        self.next = Due { at: self.next.at + gap as u64, sender: self.random.random_range(0..self.senders) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn until(schedule: &mut Schedule, now: u64) -> Vec<Due> {
        std::iter::from_fn(|| schedule.take(now)).collect()
    }

    #[test]
    fn the_rate_is_kept_and_everybody_has_a_turn() {
        let due = until(&mut Schedule::new(7, 1000.0, 10, SECOND), 21 * SECOND);
        assert!((19_400..20_600).contains(&due.len()), "{} in 20 s", due.len());
        for sender in 0..10 {
            let turns = due.iter().filter(|due| due.sender == sender).count();
            assert!((1_800..2_200).contains(&turns), "sender {sender} had {turns} turns");
        }
        assert!(due.is_sorted_by_key(|due| due.at) && due[0].at > SECOND);
    }

    #[test]
    fn being_asked_late_changes_nothing() {
        let (mut prompt, mut late) = (Schedule::new(1, 500.0, 3, 0), Schedule::new(1, 500.0, 3, 0));
        let asked_often: Vec<Due> = (1..=2000).flat_map(|ms| until(&mut prompt, ms * 1_000_000)).collect();
        assert_eq!(asked_often, until(&mut late, 2 * SECOND));
    }

    #[test]
    fn a_seed_decides_everything() {
        let of = |seed| until(&mut Schedule::new(seed, 100.0, 3, 0), SECOND);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}

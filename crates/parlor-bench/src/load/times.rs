//! How long things took: an HDR histogram that can be sent to another process and merged.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Durations in microseconds, to three digits.
#[derive(Debug, Clone)]
pub struct Times(Histogram<u64>);

/// The form between processes: each value with how often it was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted(Vec<(u64, u64)>);

impl Default for Times {
    fn default() -> Self {
        let Ok(histogram) = Histogram::new(3) else { unreachable!("three digits are always possible") };
        Self(histogram)
    }
}

impl Times {
    /// Adds a duration in nanoseconds.
    pub fn add(&mut self, nanoseconds: u64) {
        self.0 += nanoseconds / 1000;
    }

    /// Adds those of another worker.
    pub fn add_counted(&mut self, counted: &Counted) {
        for (value, count) in &counted.0 {
            // It grows to what comes, so it refuses nothing.
            let _grown = self.0.record_n(*value, *count);
        }
    }

    /// The form for another process.
    pub fn counted(&self) -> Counted {
        let counts = self.0.iter_recorded();
        Counted(counts.map(|step| (step.value_iterated_to(), step.count_at_value())).collect())
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The duration in milliseconds that this part of all, 0 to 1, did not pass; 0 if there is none.
    #[expect(clippy::cast_precision_loss, reason = "no duration here needs more than 52 bits")]
    pub fn milliseconds_at(&self, part: f64) -> f64 {
        self.0.value_at_quantile(part) as f64 / 1000.0
    }

    /// The longest, in milliseconds.
    pub fn longest(&self) -> f64 {
        self.milliseconds_at(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_is_the_same_as_counting_together() {
        let (mut one, mut two, mut both) = (Times::default(), Times::default(), Times::default());
        for step in 1..=5_000_u64 {
            let time = step * step * 1000;
            let part = if step % 3 == 0 { &mut one } else { &mut two };
            part.add(time);
            both.add(time);
        }
        let sent = serde_json::to_string(&two.counted()).unwrap();
        one.add_counted(&serde_json::from_str(&sent).unwrap());
        assert_eq!(one.count(), both.count());
        for part in [0.01, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let (merged, together) = (one.milliseconds_at(part), both.milliseconds_at(part));
            assert!((merged - together).abs() <= together / 500.0, "{part}: {merged} is not {together}");
        }
    }

    #[test]
    fn quantiles_are_in_milliseconds() {
        let mut times = Times::default();
        (1..=100).for_each(|milliseconds| times.add(milliseconds * 1_000_000));
        assert!((times.milliseconds_at(0.5) - 50.0).abs() < 0.1, "{}", times.milliseconds_at(0.5));
        assert!((times.longest() - 100.0).abs() < 0.2, "{}", times.longest());
        assert!(Times::default().longest().abs() < f64::EPSILON);
    }
}

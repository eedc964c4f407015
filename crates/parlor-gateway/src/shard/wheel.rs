//! One timer for all connections of a shard: a wheel of slots, each with those whose time may come in it.
//!
//! A connection is in exactly one slot. That its time was put off is found out when its slot comes, so hearing from a
//! client costs nothing here (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", scheme 6).

use std::time::{Duration, Instant};

/// How exact it is.
const TICK: Duration = Duration::from_millis(20);
/// Longer than a heartbeat; what is further away goes round once more.
const SLOTS: usize = 4_096;

/// The wheel. `T` names what has a time.
#[derive(Debug)]
pub(super) struct Wheel<T> {
    slots: Vec<Vec<T>>,
    /// The beginning of the slot at `position`.
    begin: Instant,
    position: usize,
    count: usize,
}

impl<T> Wheel<T> {
    /// A wheel that begins to turn now.
    pub(super) fn new(now: Instant) -> Self {
        Self { slots: (0..SLOTS).map(|_| Vec::new()).collect(), begin: now, position: 0, count: 0 }
    }

    /// Comes back with `entry` not before `due`, or earlier if that is further away than the wheel is round.
    pub(super) fn add(&mut self, entry: T, due: Instant) {
        let away = due.saturating_duration_since(self.begin).as_nanos() / TICK.as_nanos() + 1;
        let away = usize::try_from(away).unwrap_or(usize::MAX).min(SLOTS - 1);
        self.slots[(self.position + away) % SLOTS].push(entry);
        self.count += 1;
    }

    /// Takes those whose slots have passed. Each must be looked at: its time may have been put off.
    pub(super) fn turn(&mut self, now: Instant, into: &mut Vec<T>) {
        while self.begin + TICK <= now {
            if self.count == 0 {
                self.begin = now;
                return;
            }
            let slot = std::mem::take(&mut self.slots[self.position]);
            self.count -= slot.len();
            into.extend(slot);
            self.position = (self.position + 1) % SLOTS;
            self.begin += TICK;
        }
    }

    /// How long nothing can be due, from `now`. `None` if nothing ever is.
    pub(super) fn idle(&self, now: Instant) -> Option<Duration> {
        if self.count == 0 {
            return None;
        }
        let slots = (0..SLOTS).map(|away| (self.position + away) % SLOTS);
        let empty = slots.take_while(|&slot| self.slots[slot].is_empty()).count();
        let due = self.begin + TICK * u32::try_from(empty + 1).unwrap_or(u32::MAX);
        Some(due.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_at_its_time_and_once() {
        let begin = Instant::now();
        let mut wheel = Wheel::new(begin);
        let times = [0, 1, 19, 20, 21, 500, 45_000, 80_000];
        for milliseconds in times {
            wheel.add(milliseconds, begin + Duration::from_millis(milliseconds));
        }
        let mut came = Vec::new();
        for now in (0..90_000).step_by(7) {
            let mut due = Vec::new();
            wheel.turn(begin + Duration::from_millis(now), &mut due);
            for time in due {
                assert!(time <= now && now < time + 50, "{time} came at {now}");
                came.push(time);
            }
        }
        assert_eq!(came, times);
        assert_eq!(wheel.idle(begin + Duration::from_secs(90)), None);
    }

    #[test]
    fn what_is_too_far_away_comes_early_and_goes_round_again() {
        let begin = Instant::now();
        let mut wheel = Wheel::new(begin);
        let due = begin + Duration::from_secs(200);
        wheel.add((), due);
        let mut rounds = 0;
        let mut now = begin;
        while now < due {
            now += Duration::from_secs(1);
            let mut came = Vec::new();
            wheel.turn(now, &mut came);
            if !came.is_empty() && now < due {
                rounds += 1;
                wheel.add((), due);
            }
        }
        assert_eq!(rounds, 2);
    }

    #[test]
    fn it_says_how_long_one_may_sleep() {
        let begin = Instant::now();
        let mut wheel = Wheel::new(begin);
        assert_eq!(wheel.idle(begin), None);
        wheel.add((), begin + Duration::from_secs(1));
        let idle = wheel.idle(begin).unwrap();
        assert!(idle >= Duration::from_secs(1) && idle < Duration::from_millis(1_050), "{idle:?}");
        let mut came = Vec::new();
        wheel.turn(begin + idle, &mut came);
        assert_eq!(came.len(), 1);
    }
}

//! Whether the other side is still there. Anything that comes from it says so; a ping asks when nothing came.

use std::time::{Duration, Instant};

use crate::gateway::Shared;
use crate::options::Options;

/// When to ask, and what came since.
#[derive(Debug)]
pub(super) struct Heartbeat {
    due: Instant,
    /// Whether the last question is still without a sign of life.
    asked: bool,
    heard: bool,
    next_check: Instant,
}

/// What to do when it is time.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Ask whether it is there.
    Ping,
    /// Ask, and make sure that the session still exists.
    CheckSession,
    /// It is not.
    Dead,
}

impl Heartbeat {
    /// Begins now. `jitter` is what [`jitter`] gives.
    pub(super) fn new(options: &Options, now: Instant, jitter: u8) -> Self {
        Self {
            due: now + jittered(options, jitter),
            asked: false,
            heard: true,
            next_check: now + options.session_check_every,
        }
    }

    /// When it is time.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Something came.
    pub(super) fn heard(&mut self) {
        self.heard = true;
    }

    /// It is time.
    pub(super) fn beat(&mut self, options: &Options, now: Instant, jitter: u8) -> Beat {
        if now >= self.next_check {
            // The ping follows at once: nothing else is put off by the check.
            self.next_check = now + options.session_check_every;
            return Beat::CheckSession;
        }
        if self.asked && !self.heard {
            return Beat::Dead;
        }
        self.asked = true;
        self.heard = false;
        self.due = now + jittered(options, jitter);
        Beat::Ping
    }
}

/// A byte that keeps connections from beating together.
pub(super) fn jitter(shared: &Shared) -> u8 {
    let [byte] = shared.core.env().random_bytes();
    byte
}

/// The interval, a tenth shorter or longer: connections that began together shall not beat together.
fn jittered(options: &Options, jitter: u8) -> Duration {
    options.ping_every.mul_f32(0.9 + 0.2 * f32::from(jitter) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how long without a sign of life a connection ends, if its last one came right after a ping.
    fn silence_until_dead(jitter: u8) -> Duration {
        let (options, begin) = (Options::default(), Instant::now());
        let mut heartbeat = Heartbeat::new(&options, begin, jitter);
        heartbeat.heard();
        loop {
            let now = heartbeat.due();
            if heartbeat.beat(&options, now, jitter) == Beat::Dead {
                return now - begin;
            }
        }
    }

    #[test]
    fn who_is_silent_is_gone_within_45_seconds() {
        let closing = Options::default().close_within;
        assert!(silence_until_dead(255) + closing < Duration::from_secs(45), "{:?}", silence_until_dead(255));
        assert!(silence_until_dead(0) > Options::default().ping_every, "there was time for an answer");
    }

    #[test]
    fn who_answers_stays() {
        let (options, begin) = (Options::default(), Instant::now());
        let mut heartbeat = Heartbeat::new(&options, begin, 128);
        for _ in 0..1_000 {
            let now = heartbeat.due();
            assert_ne!(heartbeat.beat(&options, now, 128), Beat::Dead);
            heartbeat.heard();
        }
    }

    #[test]
    fn a_check_of_the_session_puts_no_ping_off() {
        let options = Options { session_check_every: Duration::from_secs(1), ..Options::default() };
        let mut heartbeat = Heartbeat::new(&options, Instant::now(), 128);
        let now = heartbeat.due();
        assert_eq!(heartbeat.beat(&options, now, 128), Beat::CheckSession);
        assert_eq!((heartbeat.due(), heartbeat.beat(&options, now, 128)), (now, Beat::Ping));
    }
}

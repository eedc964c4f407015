//! Whether the other side is still there. Anything that comes from it says so; a ping asks when nothing came.

use std::time::{Duration, Instant};

use crate::gateway::Shared;

/// How many pings in a row may stay without any sign of life.
const MAX_MISSED: u32 = 2;

/// When to ask, and what came since.
#[derive(Debug)]
pub(super) struct Heartbeat {
    due: Instant,
    missed: u32,
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
    /// Begins now.
    pub(super) fn new(shared: &Shared, now: Instant) -> Self {
        Self {
            due: now + jittered(shared),
            missed: 0,
            heard: true,
            next_check: now + shared.options.session_check_every,
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
    pub(super) fn beat(&mut self, shared: &Shared, now: Instant) -> Beat {
        if now >= self.next_check {
            // The ping follows at once: nothing else is put off by the check.
            self.next_check = now + shared.options.session_check_every;
            return Beat::CheckSession;
        }
        self.missed = if self.heard { 0 } else { self.missed + 1 };
        self.heard = false;
        self.due = now + jittered(shared);
        if self.missed >= MAX_MISSED { Beat::Dead } else { Beat::Ping }
    }
}

/// The interval, a tenth shorter or longer: connections that began together shall not beat together.
fn jittered(shared: &Shared) -> Duration {
    let [byte] = shared.core.env().random_bytes();
    shared.options.ping_every.mul_f32(0.9 + 0.2 * f32::from(byte) / 255.0)
}

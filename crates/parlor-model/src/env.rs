//! Where time and randomness come from. The traits stand here so that everything can ask for them; what they are is
//! decided outside: the binary brings the machine's, tests bring ones that repeat.

use std::fmt;
use std::sync::Arc;

use crate::time::Timestamp;

/// The time of day.
pub trait Clock: Send + Sync {
    /// The current time. It may jump in either direction: nothing that must be ordered may rest on it.
    fn now(&self) -> Timestamp;
}

/// A source of randomness good enough for keys.
pub trait Random: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Everything that differs from run to run. Cheap to clone.
#[derive(Clone)]
pub struct Env {
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Env {
    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` random bytes.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Env")
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::{Arc, Clock, Env, Random, Timestamp};

    struct Fixed(i64, u8);

    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0)
        }
    }

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.1);
        }
    }

    /// An environment that stands still.
    pub(crate) fn env(milliseconds: i64, byte: u8) -> Env {
        Env { clock: Arc::new(Fixed(milliseconds, byte)), random: Arc::new(Fixed(milliseconds, byte)) }
    }
}

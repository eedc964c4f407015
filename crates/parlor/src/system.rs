//! The machine's clock and randomness: the only place where the server takes either.

use std::sync::Arc;

use parlor_model::{Clock, Env, Random, Timestamp};

/// Time and randomness of this machine.
pub(crate) fn env() -> Env {
    Env { clock: Arc::new(Machine), random: Arc::new(Machine) }
}

struct Machine;

impl Clock for Machine {
    #[expect(clippy::disallowed_methods, reason = "this is where the time enters `Env`")]
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
    }
}

impl Random for Machine {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness enters `Env`")]
    #[expect(
        clippy::expect_used,
        reason = "without randomness every token would be guessable: nothing may go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_gives_time_and_randomness() {
        let env = env();
        assert!(env.now() > Timestamp::from_millis(1_700_000_000_000));
        assert_ne!(env.random_bytes::<16>(), env.random_bytes::<16>());
    }
}

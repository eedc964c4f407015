//! The machine's clock and randomness: the only place where the server takes either.

use std::cell::RefCell;
use std::sync::Arc;

use parlor_model::{Clock, Env, Random, Timestamp};

/// Time and randomness of this machine.
pub(crate) fn env() -> Env {
    Env { clock: Arc::new(Machine), random: Arc::new(Machine) }
}

/// How many bytes of randomness are fetched at a time. Every message takes ten of them for its id, and to ask the system
/// for each was 1.5 % of a busy server's work.
const FETCHED: usize = 256;

/// Randomness of one thread that nobody has had yet. What was handed out is overwritten.
struct Stock {
    bytes: [u8; FETCHED],
    left: usize,
}

thread_local! {
    static STOCK: RefCell<Stock> = const { RefCell::new(Stock { bytes: [0; FETCHED], left: 0 }) };
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
        let fetch =
            |bytes: &mut [u8]| getrandom::fill(bytes).expect("the operating system gives random bytes");
        if bytes.len() > FETCHED / 4 {
            return fetch(bytes);
        }
        STOCK.with_borrow_mut(|stock| {
            if stock.left < bytes.len() {
                fetch(&mut stock.bytes);
                stock.left = FETCHED;
            }
            let from = stock.left - bytes.len();
            bytes.copy_from_slice(&stock.bytes[from..stock.left]);
            stock.bytes[from..stock.left].fill(0);
            stock.left = from;
        });
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

    #[test]
    fn nobody_gets_what_somebody_had() {
        let env = env();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            assert!(seen.insert(env.random_bytes::<10>().to_vec()));
            assert!(seen.insert(env.random_bytes::<32>().to_vec()));
            assert!(seen.insert(env.random_bytes::<100>().to_vec()));
        }
        let windows: std::collections::HashSet<_> =
            seen.iter().flat_map(|bytes| bytes.chunks_exact(10).map(<[u8]>::to_vec)).collect();
        assert_eq!(windows.len(), 1_000 * (1 + 3 + 10), "some bytes came twice");
    }
}

//! Who did too much in a short time: all rate limits are in this one table. Who has too much at the same time: see
//! [`budgets`].

pub mod budget;
pub mod budgets;
mod sign_in;

use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use parlor_model::Refusal;

use crate::settings::Limits;

pub use budget::{Budget, Permit, Whose};
pub use budgets::{Budgets, Scarce};
pub use sign_in::SignIn;

/// What is counted. Each kind has its own quota, and each key (an address, a user) its own count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Signing in, by address.
    Login,
    /// Signing in, by name and whence: an address, or a device that is known.
    LoginName,
    /// Signing in, by name alone: from wherever nobody has signed in to it before. Twice: first tries, and later ones.
    LoginStrangers,
    /// Giving one's present password to change it, by user.
    Password,
    /// Registering, by address.
    Register,
    /// Entering as a guest, by address.
    Guest,
    /// Asking where an invitation leads, by address.
    InspectInvite,
    /// Opening a WebSocket, by address.
    Connect,
    /// Sending a message, by user.
    Send,
    /// Any other change, by user.
    Write,
    /// Making a room or an invitation, by user.
    Create,
    /// Reading, by user.
    Read,
    /// Being told over a WebSocket what one missed, in parts of 32 KiB, by user.
    CatchUp,
}

/// A kind's quota: `burst` at once, and one more every `period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What is counted.
    pub kind: Kind,
    /// How many are allowed at once; at least 1.
    pub burst: u32,
    /// After how long one more is allowed; more than nothing.
    pub period: Duration,
}

/// The quotas of a server that was not told others.
pub const RULES: [Rule; 13] = [
    Rule { kind: Kind::Login, burst: 30, period: Duration::from_secs(2) },
    Rule { kind: Kind::LoginName, burst: 10, period: Duration::from_secs(6) },
    Rule { kind: Kind::LoginStrangers, burst: 300, period: Duration::from_secs(30) },
    Rule { kind: Kind::Password, burst: 10, period: Duration::from_secs(6) },
    Rule { kind: Kind::Register, burst: 100, period: Duration::from_secs(3) },
    Rule { kind: Kind::Guest, burst: 100, period: Duration::from_secs(2) },
    Rule { kind: Kind::InspectInvite, burst: 60, period: Duration::from_secs(1) },
    Rule { kind: Kind::Connect, burst: 300, period: Duration::from_millis(50) },
    Rule { kind: Kind::Send, burst: 30, period: Duration::from_millis(100) },
    Rule { kind: Kind::Write, burst: 60, period: Duration::from_millis(100) },
    Rule { kind: Kind::Create, burst: 30, period: Duration::from_secs(5) },
    Rule { kind: Kind::Read, burst: 400, period: Duration::from_millis(10) },
    Rule { kind: Kind::CatchUp, burst: 400, period: Duration::from_millis(10) },
];

/// After so many checks of one kind, keys that have been quiet for long are forgotten. This bounds the memory by the
/// number of keys that are active, not by all that ever came.
const CHECKS_BETWEEN_SWEEPS: u32 = 4_096;

/// Counts who does what. Lives as long as the process: a restart forgives.
pub struct Limiter {
    counters: Option<Vec<Counter>>,
    sign_in: sign_in::Memory,
    hasher: RandomState,
    clock: DefaultClock,
}

struct Counter {
    kind: Kind,
    burst: NonZeroU32,
    limiter: DefaultKeyedRateLimiter<u64>,
    checks: AtomicU32,
}

impl Limiter {
    /// A limiter that has seen nobody; one that refuses nobody if the limits are lifted.
    pub fn new(limits: &Limits) -> Self {
        let counters = limits.enabled.then(|| limits.rules.iter().map(Counter::new).collect());
        Self {
            counters,
            sign_in: sign_in::Memory::default(),
            hasher: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts one more `kind` of `key`.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`] with the time until the next is allowed.
    pub fn check(&self, kind: Kind, key: impl Hash) -> Result<(), Refusal> {
        self.check_many(kind, key, NonZeroU32::MIN)
    }

    /// Counts so many more `kind` of `key`, all or none; what is more than is ever allowed at once counts as that.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`] with the time until so many are allowed.
    pub fn check_many(&self, kind: Kind, key: impl Hash, many: NonZeroU32) -> Result<(), Refusal> {
        let counter = self.counters.as_ref().and_then(|all| all.iter().find(|counter| counter.kind == kind));
        counter.map_or(Ok(()), |counter| self.count(counter, key, many))
    }

    fn count(&self, counter: &Counter, key: impl Hash, many: NonZeroU32) -> Result<(), Refusal> {
        if counter.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_BETWEEN_SWEEPS == CHECKS_BETWEEN_SWEEPS - 1
        {
            counter.limiter.retain_recent();
        }
        // A key is kept as a hash under a secret seed: names and addresses don't linger here, and nobody can aim for
        // somebody else's count.
        let key = self.hasher.hash_one(&key);
        let checked = counter.limiter.check_key_n(&key, many.min(counter.burst));
        let checked = checked.unwrap_or(Ok(()));
        checked.map_err(|not_until| Refusal::RateLimited {
            retry_after: not_until.wait_time_from(self.clock.now()),
        })
    }
}

impl Counter {
    fn new(rule: &Rule) -> Self {
        let burst = NonZeroU32::new(rule.burst).unwrap_or(NonZeroU32::MIN);
        let quota =
            Quota::with_period(rule.period).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        Self { kind: rule.kind, burst, limiter: RateLimiter::keyed(quota), checks: AtomicU32::new(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_has_two_rules() {
        for (index, rule) in RULES.iter().enumerate() {
            assert_eq!(RULES.iter().position(|other| other.kind == rule.kind), Some(index));
        }
    }

    #[test]
    fn the_rules_come_from_the_settings() {
        let rule = Rule { kind: Kind::Send, burst: 2, period: Duration::from_mins(1) };
        let limiter = Limiter::new(&Limits { rules: vec![rule], ..Limits::default() });
        let refused: Vec<bool> = (0..4).map(|_| limiter.check(Kind::Send, "ada").is_err()).collect();
        assert_eq!(refused, [false, false, true, true]);
    }

    #[test]
    fn one_key_runs_out_and_another_does_not() {
        let limiter = Limiter::new(&Limits::default());
        let refused = (0..100).filter(|_| limiter.check(Kind::LoginName, "ada").is_err()).count();
        assert!(refused >= 89, "{refused}");
        assert!(limiter.check(Kind::LoginName, "eve").is_ok());
        assert!(limiter.check(Kind::Send, "ada").is_ok());
        let Err(Refusal::RateLimited { retry_after }) = limiter.check(Kind::LoginName, "ada") else {
            panic!()
        };
        assert!(retry_after > Duration::ZERO && retry_after <= Duration::from_secs(6), "{retry_after:?}");
    }

    #[test]
    fn many_count_as_many_and_never_as_more_than_is_allowed_at_once() {
        let rule = Rule { kind: Kind::CatchUp, burst: 4, period: Duration::from_mins(1) };
        let limiter = Limiter::new(&Limits { rules: vec![rule], ..Limits::default() });
        let take = |key, many| limiter.check_many(Kind::CatchUp, key, NonZeroU32::new(many).unwrap());
        assert!(take("ada", 3).is_ok() && take("ada", 2).is_err() && take("ada", 1).is_ok());
        assert!(take("eve", 100).is_ok() && take("eve", 1).is_err());
    }

    #[test]
    fn lifted_limits_refuse_nobody() {
        let limiter = Limiter::new(&Limits { enabled: false, ..Limits::default() });
        assert!((0..1_000).all(|_| limiter.check(Kind::LoginName, "ada").is_ok()));
    }
}

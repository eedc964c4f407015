//! Signing in: whoever guesses is held up, and the owner of the account is not.
//!
//! How often a name may be tried depends on whence. A device or an address that has signed in to it before has a count of
//! its own. All others have one of their own too, and beside it they share what is allowed for the name: their first
//! tries apart from later ones, so that those who go on guessing use up nothing of what somebody has who comes from a new
//! place. How the password turns out is not known yet when this is asked; so what runs at once is counted as well.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use parlor_model::{NameKey, Refusal};

use super::{Counter, Kind, Limiter, Rule};

/// An attempt to sign in.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a, D> {
    /// To which name.
    pub name: &'a NameKey,
    /// From which address.
    pub address: IpAddr,
    /// The device, if it has shown that somebody has signed in on it to this name before.
    pub device: Option<D>,
}

/// After how long the next try from an address counts as its first again.
const FIRST_AGAIN: Duration = Duration::from_mins(10);
/// How many pairs of a name and an address are remembered in each of two halves.
const KNOWN: usize = 32_768;

/// What the attempts so far have shown. A restart forgets it.
pub(super) struct Memory {
    /// Allows one try for each name and network in [`FIRST_AGAIN`]: the first.
    firsts: Counter,
    /// From where somebody has signed in.
    known: Mutex<Known>,
}

/// Names with the addresses from which somebody signed in to them, as hashes. The older half is forgotten when the
/// younger is full, except what was used meanwhile.
#[derive(Default)]
struct Known {
    younger: HashSet<u64>,
    older: HashSet<u64>,
}

impl Default for Memory {
    fn default() -> Self {
        let rule = Rule { kind: Kind::LoginStrangers, burst: 1, period: FIRST_AGAIN };
        Self { firsts: Counter::new(&rule), known: Mutex::default() }
    }
}

impl Limiter {
    /// Counts one more attempt to sign in to a name. Those that no known device makes are counted as
    /// [`Kind::Login`] of their address before. True if somebody has signed in to it from there before.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`] with the time until the next is allowed.
    pub fn check_sign_in<D: Hash>(&self, attempt: &SignIn<'_, D>) -> Result<bool, Refusal> {
        let SignIn { name, address, device } = attempt;
        // Not even the address counts for a known device: it may be shared with whoever guesses.
        if let Some(device) = device {
            return self.check(Kind::LoginName, (name, device)).map(|()| true);
        }
        self.check(Kind::LoginName, (name, address))?;
        if self.sign_in.known.lock().unwrap_or_else(PoisonError::into_inner).has(self.place(attempt)) {
            return Ok(true);
        }
        if self.counters.is_some() {
            let is_first =
                self.count(&self.sign_in.firsts, (name, network(*address)), NonZeroU32::MIN).is_ok();
            self.check(Kind::LoginStrangers, (name, is_first))?;
        }
        Ok(false)
    }

    /// Remembers that an attempt was the owner's.
    pub fn signed_in<D: Hash>(&self, attempt: &SignIn<'_, D>) {
        let place = self.place(attempt);
        self.sign_in.known.lock().unwrap_or_else(PoisonError::into_inner).add(place);
    }

    fn place<D>(&self, attempt: &SignIn<'_, D>) -> u64 {
        self.hasher.hash_one((attempt.name, attempt.address))
    }
}

impl Known {
    fn has(&mut self, place: u64) -> bool {
        let has = self.younger.contains(&place) || self.older.contains(&place);
        if has {
            self.add(place);
        }
        has
    }

    fn add(&mut self, place: u64) {
        if self.younger.len() >= KNOWN {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(place);
    }
}

/// Whoever has IPv6 may have 2⁸⁰ addresses and 65,536 networks of them: they count as one place to begin from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => std::net::Ipv6Addr::from_bits(address.to_bits() >> 80 << 80).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Limits;

    fn limiter() -> Limiter {
        Limiter::new(&Limits::default())
    }

    fn attempt(name: &NameKey, address: u32, device: Option<u8>) -> SignIn<'_, u8> {
        SignIn { name, address: IpAddr::V4(address.into()), device }
    }

    fn allowed(limiter: &Limiter, attempt: &SignIn<'_, u8>, tries: usize) -> usize {
        (0..tries).filter(|_| limiter.check_sign_in(attempt).is_ok()).count()
    }

    #[test]
    fn who_guesses_is_held_up_and_nobody_else() {
        let (limiter, ada) = (limiter(), NameKey::of("ada"));
        assert_eq!(allowed(&limiter, &attempt(&ada, 1, None), 200), 10);
        assert_eq!(allowed(&limiter, &attempt(&ada, 2, None), 1), 1, "another address");
        assert_eq!(allowed(&limiter, &attempt(&ada, 1, Some(1)), 1), 1, "a known device at the very address");
        assert_eq!(allowed(&limiter, &attempt(&NameKey::of("eve"), 1, None), 1), 1, "another name");
    }

    #[test]
    fn a_known_device_has_a_count_of_its_own() {
        let (limiter, ada) = (limiter(), NameKey::of("ada"));
        assert_eq!(allowed(&limiter, &attempt(&ada, 1, Some(1)), 200), 10);
        assert_eq!(allowed(&limiter, &attempt(&ada, 1, Some(2)), 1), 1);
        assert_eq!(allowed(&limiter, &attempt(&ada, 1, None), 1), 1);
    }

    #[test]
    fn it_is_told_from_where_somebody_has_signed_in() {
        for limiter in [limiter(), Limiter::new(&Limits { enabled: false, ..Limits::default() })] {
            let (ada, eve) = (NameKey::of("ada"), NameKey::of("eve"));
            let is_known = |attempt: SignIn<'_, u8>| limiter.check_sign_in(&attempt).unwrap();
            assert!(!is_known(attempt(&ada, 1, None)));
            limiter.signed_in(&attempt(&ada, 1, None));
            assert!(is_known(attempt(&ada, 1, None)) && is_known(attempt(&ada, 2, Some(1))));
            assert!(!is_known(attempt(&ada, 2, None)) && !is_known(attempt(&eve, 1, None)));
        }
    }

    #[test]
    fn those_who_go_on_guessing_leave_first_tries_to_others() {
        let (limiter, ada) = (limiter(), NameKey::of("ada"));
        let guesses: usize =
            (0..100).map(|address| allowed(&limiter, &attempt(&ada, address, None), 50)).sum();
        // Each of a hundred addresses had its first try; what they had beyond came out of one pot.
        assert_eq!(guesses, 100 + 300);
        assert_eq!(allowed(&limiter, &attempt(&ada, 1_000, None), 1), 1);
    }

    #[test]
    fn however_many_addresses_guess_their_number_is_bounded() {
        let (limiter, ada) = (limiter(), NameKey::of("ada"));
        let owner = attempt(&ada, 1, None);
        assert!(limiter.check_sign_in(&owner).is_ok());
        limiter.signed_in(&owner);
        let guesses: usize =
            (2..3_000).map(|address| allowed(&limiter, &attempt(&ada, address, None), 5)).sum();
        assert!((599..=601).contains(&guesses), "{guesses}");
        assert_eq!(allowed(&limiter, &attempt(&ada, 1, None), 3), 3, "where the owner signed in before");
        assert_eq!(allowed(&limiter, &attempt(&ada, 9_999, Some(7)), 3), 3, "a known device");
    }

    #[test]
    fn a_provider_s_customer_is_one_network() {
        let address = |text: &str| network(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:ffff::"));
        assert_ne!(address("2001:db8:1::"), address("2001:db8:2::"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }

    #[test]
    fn what_is_known_is_bounded_and_what_is_used_stays() {
        let mut known = Known::default();
        for place in 0..10 * KNOWN as u64 {
            known.add(place);
            assert!(known.has(0));
        }
        assert!(known.younger.len() + known.older.len() <= 2 * KNOWN);
        assert!(!known.has(1));
    }

    #[test]
    fn lifted_limits_refuse_nobody() {
        let limiter = Limiter::new(&Limits { enabled: false, ..Limits::default() });
        assert_eq!(allowed(&limiter, &attempt(&NameKey::of("ada"), 1, None), 500), 500);
    }
}

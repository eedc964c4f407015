//! Who holds how much of a budget, and from whom something can be taken away. Only counting.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use parlor_model::UserId;

use super::{Cap, Full, TakenAway};

/// On whose account something is taken: a person, a network address, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Whose {
    person: Option<UserId>,
    address: Option<IpAddr>,
}

/// One of those on whose account something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Person(UserId),
    Address(IpAddr),
}

/// Who holds how much.
#[derive(Debug, Default)]
pub(super) struct Holders {
    held: u64,
    shares: HashMap<Holder, Share>,
    yielding: BTreeMap<u64, Yielding>,
    next_turn: u64,
}

#[derive(Debug, Default)]
struct Share {
    held: u64,
    /// The turns of what can be taken away.
    yielding: BTreeSet<u64>,
}

#[derive(Debug)]
struct Yielding {
    whose: Whose,
    units: u64,
    taken_away: Arc<TakenAway>,
}

impl Whose {
    /// On nobody's account: only the whole is bounded.
    pub const NOBODY: Self = Self { person: None, address: None };

    /// On the account of a network address. Whoever has an IPv6 address has 2⁶⁴ of them: they count as one.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        let address = match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
            address @ IpAddr::V4(_) => address,
        };
        Self { person: None, address: Some(address) }
    }

    /// On the account of this person too.
    #[must_use]
    pub const fn and(self, person: UserId) -> Self {
        Self { person: Some(person), address: self.address }
    }

    pub(super) fn holders(self) -> impl Iterator<Item = Holder> {
        [self.person.map(Holder::Person), self.address.map(Holder::Address)].into_iter().flatten()
    }
}

impl Holder {
    fn cap(self, cap: &Cap) -> u64 {
        match self {
            Self::Person(_) => cap.person,
            Self::Address(_) => cap.address,
        }
    }
}

impl Holders {
    /// How much is held.
    pub(super) fn held(&self) -> u64 {
        self.held
    }

    /// The most that one of these holds.
    pub(super) fn held_by(&self, whose: Whose) -> u64 {
        whose.holders().map(|holder| self.held_by_one(holder)).max().unwrap_or(self.held)
    }

    /// Takes some, unless that is too much. One alone may be larger than the cap.
    pub(super) fn take(&mut self, cap: &Cap, whose: Whose, units: u64) -> Result<(), Full> {
        let fits = |held: u64, cap: u64| held == 0 || held.saturating_add(units) <= cap;
        if whose.holders().any(|holder| !fits(self.held_by_one(holder), holder.cap(cap))) {
            return Err(Full::Share);
        }
        if !fits(self.held, cap.total) {
            return Err(Full::Total);
        }
        self.put(whose, units);
        Ok(())
    }

    /// Takes more for one who holds nothing else: only the whole bounds it.
    pub(super) fn add(&mut self, whose: Whose, units: u64, cap: &Cap) -> Result<(), Full> {
        if self.held > self.held_by(whose) && self.held.saturating_add(units) > cap.total {
            return Err(Full::Total);
        }
        self.put(whose, units);
        Ok(())
    }

    /// Gives some back.
    pub(super) fn give_back(&mut self, whose: Whose, units: u64) {
        self.held = self.held.saturating_sub(units);
        for holder in whose.holders() {
            if let Some(share) = self.shares.get_mut(&holder) {
                share.held = share.held.saturating_sub(units);
                if share.held == 0 {
                    self.shares.remove(&holder);
                }
            }
        }
    }

    /// Something can be taken away from now on. Returns its turn.
    pub(super) fn yields(&mut self, whose: Whose, units: u64, taken_away: Arc<TakenAway>) -> u64 {
        let turn = self.next_turn;
        self.next_turn += 1;
        self.yielding.insert(turn, Yielding { whose, units, taken_away });
        for holder in whose.holders() {
            self.shares.entry(holder).or_default().yielding.insert(turn);
        }
        turn
    }

    /// Something can't be taken away any more. False if it was.
    pub(super) fn keeps(&mut self, turn: u64) -> bool {
        self.remove_turn(turn).is_some()
    }

    /// Takes something away, so that `whose` may have it. False if there is nothing.
    pub(super) fn take_away(&mut self, cap: &Cap, whose: Whose, full: Full) -> bool {
        let oldest = match full {
            Full::Total => self.yielding.keys().next().copied(),
            Full::Share => {
                let full = whose.holders().find(|holder| self.held_by_one(*holder) >= holder.cap(cap));
                full.and_then(|holder| self.shares.get(&holder)?.yielding.first().copied())
            }
        };
        let Some(yielding) = oldest.and_then(|turn| self.remove_turn(turn)) else {
            return false;
        };
        self.give_back(yielding.whose, yielding.units);
        yielding.taken_away.happen();
        true
    }

    fn remove_turn(&mut self, turn: u64) -> Option<Yielding> {
        let yielding = self.yielding.remove(&turn)?;
        for holder in yielding.whose.holders() {
            if let Some(share) = self.shares.get_mut(&holder) {
                share.yielding.remove(&turn);
            }
        }
        Some(yielding)
    }

    fn put(&mut self, whose: Whose, units: u64) {
        self.held = self.held.saturating_add(units);
        for holder in whose.holders() {
            let share = self.shares.entry(holder).or_default();
            share.held = share.held.saturating_add(units);
        }
    }

    fn held_by_one(&self, holder: Holder) -> u64 {
        self.shares.get(&holder).map_or(0, |share| share.held)
    }
}

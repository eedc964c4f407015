//! Every budget there is: what can be had at the same time of what there is only so much. All of them are in this one
//! table; the binary fills it from the configuration and shows how each is used in `/metrics`.

use std::sync::Arc;

use super::budget::{Budget, Cap};
use crate::settings::Limits;

/// What is scarce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scarce {
    /// Connections, whatever goes over them. Those that wait for a request give way to new ones, the oldest first.
    Connections,
    /// Bodies of requests that have not arrived. The oldest gives way to a new one.
    Bodies,
    /// Requests that are worked on. Who waits for a body, or for an answer to be taken, is not at work.
    Requests,
    /// Bytes of answers that were made, or are being made, and that the client has not taken.
    Answers,
    /// Bytes of what clients missed, and of other large answers over WebSockets, that they have not taken.
    CatchUps,
    /// Messages that are being rendered.
    Renderings,
}

/// A budget's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Of what.
    pub scarce: Scarce,
    /// How much.
    pub cap: Cap,
}

const MIB: u64 = 1024 * 1024;

/// The bounds of a server that was not told others: the total, for an address, for a person, and how many may wait.
pub const BOUNDS: [Bounds; 6] = [
    bounds(Scarce::Connections, [10_000, 512, u64::MAX], 0),
    bounds(Scarce::Bodies, [512, 128, u64::MAX], 0),
    bounds(Scarce::Requests, [1_024, 256, 64], 0),
    bounds(Scarce::Answers, [256 * MIB, 64 * MIB, 8 * MIB], 1_024),
    bounds(Scarce::CatchUps, [128 * MIB, 32 * MIB, 4 * MIB], 0),
    bounds(Scarce::Renderings, [8, u64::MAX, 2], 64),
];

const fn bounds(scarce: Scarce, [total, address, person]: [u64; 3], waiting: usize) -> Bounds {
    Bounds { scarce, cap: Cap { total, address, person, waiting } }
}

/// The budgets. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Budgets(Arc<[(Scarce, Arc<Budget>)]>);

impl Scarce {
    /// Its name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Bodies => "bodies",
            Self::Requests => "requests",
            Self::Answers => "answer_bytes",
            Self::CatchUps => "catch_up_bytes",
            Self::Renderings => "renderings",
        }
    }

    /// True for the shares that are lifted with the rates, for load tests: those of what only counts. What bounds memory
    /// stays.
    const fn is_lifted(self) -> bool {
        matches!(self, Self::Connections | Self::Requests)
    }
}

impl Budgets {
    /// Budgets of which nothing is taken.
    pub fn new(limits: &Limits) -> Self {
        Self(limits.bounds.iter().map(|bounds| (bounds.scarce, Budget::new(cap(bounds, limits)))).collect())
    }

    /// The budget of something.
    ///
    /// # Panics
    /// If the settings name no bounds for it, which those of the binary do for everything.
    #[expect(clippy::expect_used, reason = "a server without one of its bounds must not start")]
    pub fn of(&self, scarce: Scarce) -> &Arc<Budget> {
        let found = self.0.iter().find(|(known, _)| *known == scarce);
        &found.expect("everything scarce has bounds").1
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = (Scarce, &Arc<Budget>)> {
        self.0.iter().map(|(scarce, budget)| (*scarce, budget))
    }
}

fn cap(bounds: &Bounds, limits: &Limits) -> Cap {
    if limits.enabled || !bounds.scarce.is_lifted() {
        return bounds.cap;
    }
    Cap { address: u64::MAX, person: u64::MAX, ..bounds.cap }
}

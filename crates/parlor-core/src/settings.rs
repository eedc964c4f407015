//! What the people who run the server decide. The binary reads them from the configuration.

use parlor_model::ServerName;

use crate::limits::budgets::{BOUNDS, Bounds};
use crate::limits::{RULES, Rule};

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Registration {
    /// Anybody.
    Open,
    /// Whoever holds an invitation.
    #[default]
    Invite,
    /// Nobody.
    Closed,
}

/// Who may enter as a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guests {
    /// Anybody; and guests may look around in public rooms.
    Open,
    /// Whoever holds an invitation; and guests see only the rooms they were invited to.
    #[default]
    Invite,
    /// Nobody.
    Off,
}

impl Registration {
    /// The word for it in the configuration and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invite => "invite",
            Self::Closed => "closed",
        }
    }
}

impl Guests {
    /// The word for it in the configuration and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invite => "invite",
            Self::Off => "off",
        }
    }
}

/// Every limit that core keeps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// False lifts the rate limits, and the shares of connections and requests, for load tests.
    pub enabled: bool,
    /// The longest message, in bytes of UTF-8.
    pub max_body_bytes: usize,
    /// How much of each kind is allowed in which time. A kind without a rule is not limited.
    pub rules: Vec<Rule>,
    /// How much of each thing can be had at the same time.
    pub bounds: Vec<Bounds>,
    /// How many bytes of rendered messages are kept in memory.
    pub rendering_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            max_body_bytes: 16_384,
            rules: RULES.to_vec(),
            bounds: BOUNDS.to_vec(),
            rendering_bytes: 32 * 1024 * 1024,
        }
    }
}

/// What the people who run the server decide.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What people see the server called.
    pub server_name: ServerName,
    /// Who may register.
    pub registration: Registration,
    /// Who may enter as a guest.
    pub guests: Guests,
    /// Every limit that core keeps.
    pub limits: Limits,
}

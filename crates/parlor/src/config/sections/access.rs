//! `[access]`: who may come in.

use parlor_core::{Guests, Registration};

use crate::config::section::section;
use crate::config::value::words;

words!(Registration {
    "open" => Self::Open,
    "invite" => Self::Invite,
    "closed" => Self::Closed,
});

words!(Guests {
    "open" => Self::Open,
    "invite" => Self::Invite,
    "off" => Self::Off,
});

section! {
    /// Who may come in. The owner's account is made by the setup link that the server prints, whatever stands here.
    ["access"] Access {
        /// Who may make an account: anybody who reaches the server ("open"), who holds an invitation link
        /// ("invite"), or nobody ("closed").
        registration: Registration = Registration::Invite, "PARLOR_REGISTRATION";
        /// Who may come in without an account: anybody, into the public rooms ("open"), who holds an invitation link,
        /// into its room ("invite"), or nobody ("off").
        guests: Guests = Guests::Invite, "PARLOR_GUESTS";
    }
}

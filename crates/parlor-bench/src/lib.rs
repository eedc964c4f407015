//! Runs that show what the server promises: replays of real conversations, crashes under load, and the history
//! checker that judges both. A library so that the server's own tests can run small ones.

pub mod compare;
pub mod crash;
pub mod figures;
pub mod goals;
pub mod greedy;
pub mod ground;
pub mod history;
pub mod irc;
pub mod load;
pub mod measure;
pub mod page;
pub mod readback;
pub mod replay;
pub mod typed;

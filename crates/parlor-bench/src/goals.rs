//! The goals that Parlor's speed is held against: what each is, and the experiments that measure them.
//!
//! An experiment starts the server, makes rooms and people, lets the load generator do what the goal says, and hands
//! back a [`Report`] a goal. Every delivery is checked meanwhile; a report with findings is a failure.

pub mod fanout;
pub mod report;
pub mod settings;
pub mod stage;

use anyhow::Result;
use clap::ValueEnum;

pub use report::{Figure, Report};
pub use settings::Settings;

/// A goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Goal {
    /// Server CPU a delivery: 900 connections in one room, 4 senders with 8 sends under way each.
    P1,
    /// Deliveries a second: the same runs as P1.
    P2,
    /// Deliveries a second and CPU a delivery: 90 rooms of 10, one sender a room with 8 sends under way.
    P3,
    /// All of them, one after another.
    All,
}

/// Measures a goal. `told` is called with every report as it comes.
pub fn measure(goal: Goal, settings: &Settings, mut told: impl FnMut(&Report) -> Result<()>) -> Result<()> {
    let all = goal == Goal::All;
    if all || matches!(goal, Goal::P1 | Goal::P2) {
        let reports = fanout::big_room(settings)?;
        reports
            .iter()
            .filter(|report| all || goal == Goal::P1 || report.goal == "p2")
            .try_for_each(&mut told)?;
    }
    if all || goal == Goal::P3 {
        told(&fanout::small_rooms(settings)?)?;
    }
    Ok(())
}

//! The goals that Parlor's speed is held against: what each is, and the experiments that measure them.
//!
//! An experiment starts the server, makes rooms and people, lets the load generator do what the goal says, and hands
//! back a [`Report`] a goal. Every delivery is checked meanwhile; a report with findings is a failure.

pub mod crowd;
pub mod fanout;
pub mod latency;
pub mod report;
pub mod sends;
pub mod settings;
pub mod stage;
pub mod stalled;
pub mod start;

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
    /// Synced sends a second: 512 senders with 8 sends under way each.
    P4,
    /// From a send until another has it: 1,000 connections, 100 rooms, 1,000 sends a second, open loop.
    P5,
    /// Resident memory an idle connection: 19,000 connections in 10 rooms each.
    P6,
    /// 19,000 clients come back at once and have missed 5 changes each: time until all have caught up.
    P7,
    /// 1,000 of 10,000 readers stop reading: memory that it costs, and p99 of the others.
    P8,
    /// Time to start on an empty folder and on 10 million messages, and memory at rest.
    P9,
    /// All of them, one after another.
    All,
}

/// What measures a goal.
type Experiment = fn(&Settings) -> Result<Report>;

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
    let others: [(Goal, Experiment); 6] = [
        (Goal::P4, sends::measure),
        (Goal::P5, latency::measure),
        (Goal::P6, crowd::at_rest),
        (Goal::P7, crowd::storm),
        (Goal::P8, stalled::measure),
        (Goal::P9, start::measure),
    ];
    for (_, experiment) in others.into_iter().filter(|(one, _)| all || *one == goal) {
        told(&experiment(settings)?)?;
    }
    Ok(())
}

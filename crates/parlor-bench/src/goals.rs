//! The goals that Parlor's speed is held against: what each is, and the experiments that measure them.
//!
//! An experiment starts the server, makes rooms and people, lets the load generator do what the goal says, and hands
//! back a [`Report`] a goal. Every delivery is checked meanwhile; a report with findings is a failure.

pub mod crowd;
pub mod fanout;
pub mod latency;
pub mod report;
pub mod rounds;
pub mod sends;
pub mod settings;
pub mod stage;
pub mod stalled;
pub mod start;

use anyhow::{Context, Result};
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
}

/// Measures a goal.
pub fn measure(goal: Goal, settings: &Settings) -> Result<Report> {
    match goal {
        Goal::P1 => fanout::big_room(settings).map(|[one, _]| one),
        Goal::P2 => fanout::big_room(settings).map(|[_, two]| two),
        Goal::P3 => fanout::small_rooms(settings),
        Goal::P4 => sends::measure(settings),
        Goal::P5 => latency::measure(settings),
        Goal::P6 => crowd::at_rest(settings),
        Goal::P7 => crowd::storm(settings),
        Goal::P8 => stalled::measure(settings),
        Goal::P9 => start::measure(settings),
    }
}

/// Makes what goals need and what is kept between runs, which takes minutes if it is not there.
pub fn prepare(settings: &Settings) -> Result<()> {
    crowd::prepare(settings)?;
    start::prepare(settings)
}

/// Measures all goals, those that come from the same runs together. `told` is called with the report of each or with
/// what kept it from being measured, and the others are measured nevertheless.
pub fn measure_all(settings: &Settings, mut told: impl FnMut(Result<Report>) -> Result<()>) -> Result<()> {
    match fanout::big_room(settings) {
        Ok([one, two]) => {
            told(Ok(one))?;
            told(Ok(two))?;
        }
        Err(error) => told(Err(error))?,
    }
    for goal in [Goal::P3, Goal::P4, Goal::P5, Goal::P6, Goal::P7, Goal::P8, Goal::P9] {
        told(measure(goal, settings).with_context(|| format!("{goal:?}")))?;
    }
    Ok(())
}

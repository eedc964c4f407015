//! Parlor beside its peers: the same rooms, the same load, the same generator and checker, one after another within
//! one run.
//!
//! The peers are what one would build a chat on, or install: see [`peer`]. None of them does what Parlor does; what each
//! leaves out stands beside its figures. What can't be installed here is left out with a reason.

pub mod install;
pub mod naive;
pub mod peer;
pub mod result;
pub mod running;

use anyhow::{Result, ensure};

use crate::goals::Settings;
use crate::goals::fanout::{CONNECTIONS, SENDERS, SMALL, WINDOW};
use crate::goals::stage::{Load, Sample, Stage, as_float};
use crate::ground::people;
use crate::ground::server::Source;
use crate::load::dialect::Dialect;
use crate::load::orders::Seat;
use crate::measure::machine::Machine;
use crate::measure::process;

use peer::Peer;
pub use result::{Comparison, Row};

/// Who is where, for a run.
#[derive(Debug, Clone, Copy)]
struct Shape {
    connections: usize,
    rooms: usize,
}

/// Compares Parlor with these peers.
pub fn run(settings: &Settings, peers: &[Peer]) -> Result<Comparison> {
    let connections = settings.connections(CONNECTIONS);
    let shapes =
        [Shape { connections, rooms: 1 }, Shape { connections, rooms: connections.div_ceil(SMALL).max(2) }];
    let mut rows: Vec<Row> = peers.iter().map(|peer| Row::new(*peer)).collect();
    let places: Vec<Option<install::Place>> = peers
        .iter()
        .zip(&mut rows)
        .map(|(peer, row)| {
            let place = install::place(settings, *peer);
            row.note(place)
        })
        .collect();
    for _run in settings.rounds("compare") {
        for ((peer, place), row) in peers.iter().zip(&places).zip(&mut rows) {
            let Some(place) = place else { continue };
            for shape in shapes {
                settings.say(&format!("  {}: {} rooms", row.name, shape.rooms));
                match one(settings, *peer, place, shape) {
                    Ok((sample, each)) => {
                        settings.say(&format!("    {}", told(&sample)));
                        row.add(shape.rooms == 1, &sample, each);
                    }
                    Err(error) => {
                        settings.say(&format!("    failed: {error:#}"));
                        row.failed.push(format!("{} rooms: {error:#}", shape.rooms));
                    }
                }
            }
        }
    }
    Ok(Comparison {
        method: format!(
            "{connections} connections in one room, {SENDERS} of them sending with {WINDOW} sends under way each, and in \
             {} rooms of {SMALL} with one sender each; bodies of {} bytes; the same generator for all, on the same \
             processors as the server",
            shapes[1].rooms, settings.body
        ),
        command: settings.command("compare"),
        shortened: settings.quick || settings.connections.is_some(),
        machine: Machine::present(),
        rows,
    })
}

fn told(sample: &Sample) -> String {
    format!(
        "{:.0} deliveries/s, {:.2} µs of server CPU each, {:.0} sends/s, {} findings, load average {:.1}",
        sample.deliveries_a_second(),
        sample.cpu_a_delivery(),
        sample.sends_a_second(),
        sample.findings.count,
        sample.load
    )
}

/// One run against one server. Returns also the KiB of resident memory that a connection cost.
fn one(settings: &Settings, peer: Peer, place: &install::Place, shape: Shape) -> Result<(Sample, f64)> {
    let senders = senders(shape);
    let load = Load::Windowed { window: WINDOW, senders: senders.clone() };
    let Some(dialect) = peer.dialect() else {
        let (mut server, _) = settings.source.launch()?;
        let people = people::prepare(server.address, shape.rooms, shape.connections, |seat| {
            vec![shape.room_of(seat)]
        })?;
        if matches!(settings.source, Source::Binary { .. }) {
            // The peers have registered nobody: what that took of memory would hide what connections take.
            server.restart()?;
        }
        let stage = Stage::new(
            settings,
            (server.address, &[server.pid]),
            Dialect::Parlor,
            &people.rooms,
            &people.seats,
        )?;
        let outcome = play(settings, stage, &[server.pid], &load, shape)?;
        server.stop()?;
        return Ok(outcome);
    };
    let mut running = peer.launch(settings, place)?;
    let (rooms, seats) = ground(dialect, shape, &senders);
    let load = match dialect {
        Dialect::Parlor => load,
        // Every sender has a room of its own, as far as the ledger knows.
        Dialect::Xmpp => {
            let senders = senders.iter().zip(0..).map(|((seat, _), own)| (*seat, own)).collect();
            Load::Windowed { window: WINDOW, senders }
        }
    };
    let pids = running.pids();
    let stage = Stage::new(settings, (running.address, &pids), dialect, &rooms, &seats)?;
    let outcome = play(settings, stage, &pids, &load, shape);
    let log = running.stop();
    outcome.map_err(|error| if log.is_empty() { error } else { error.context(log) })
}

fn play(
    settings: &Settings,
    mut stage: Stage,
    pids: &[u32],
    load: &Load,
    shape: Shape,
) -> Result<(Sample, f64)> {
    let before = process::of_families(pids, process::resident)?;
    stage.open()?;
    let after = process::of_families(pids, process::resident)?;
    let sample = stage.run(settings, load, false)?;
    ensure!(sample.total.outcome.deliveries > 0, "nothing was delivered while it counted");
    let each = (as_float(after) - as_float(before)) / 1024.0 / as_float(shape.connections as u64);
    Ok((sample, each))
}

/// Seats that send, with their rooms.
fn senders(shape: Shape) -> Vec<(usize, u32)> {
    if shape.rooms == 1 {
        (0..SENDERS.min(shape.connections)).map(|seat| (seat, 0)).collect()
    } else {
        (0..shape.rooms).map(|room| room * SMALL).map(|seat| (seat, shape.room_of(seat))).collect()
    }
}

/// Rooms and seats of a peer, where nobody has to register.
fn ground(dialect: Dialect, shape: Shape, senders: &[(usize, u32)]) -> (Vec<String>, Vec<Seat>) {
    match dialect {
        Dialect::Parlor => {
            let seat = |seat| Seat {
                token: format!("n{seat}:room-{}", shape.room_of(seat)),
                rooms: vec![shape.room_of(seat)],
                small: false,
            };
            let rooms = (0..shape.rooms).map(|room| format!("room-{room}")).collect();
            (rooms, (0..shape.connections).map(seat).collect())
        }
        Dialect::Xmpp => {
            let name = |(seat, room): &(usize, u32)| format!("room-{room}@conference.localhost/n{seat}");
            let heard = |seat: usize| {
                let numbered = senders.iter().zip(0..);
                numbered.filter(|((_, room), _)| *room == shape.room_of(seat)).map(|(_, own)| own).collect()
            };
            let seat = |seat| Seat { token: format!("n{seat}"), rooms: heard(seat), small: false };
            (senders.iter().map(name).collect(), (0..shape.connections).map(seat).collect())
        }
    }
}

impl Shape {
    fn room_of(self, seat: usize) -> u32 {
        let room = if self.rooms == 1 { 0 } else { (seat / SMALL).min(self.rooms - 1) };
        u32::try_from(room).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_all_senders_of_their_room() {
        let shape = Shape { connections: 30, rooms: 1 };
        let (rooms, seats) = ground(Dialect::Xmpp, shape, &senders(shape));
        assert_eq!(rooms.len(), SENDERS);
        assert!(seats.iter().all(|seat| seat.rooms == [0, 1, 2, 3]));
        let shape = Shape { connections: 30, rooms: 3 };
        let (rooms, seats) = ground(Dialect::Xmpp, shape, &senders(shape));
        assert_eq!(rooms[2], "room-2@conference.localhost/n20");
        assert_eq!((seats[9].rooms[0], seats[10].rooms[0]), (0, 1));
        let (rooms, seats) = ground(Dialect::Parlor, shape, &senders(shape));
        assert_eq!((rooms[1].as_str(), seats[29].token.as_str()), ("room-1", "n29:room-2"));
    }
}

//! P6 and P7: a crowd of people in ten rooms each, at rest, and coming back all at once.
//!
//! Making the crowd takes longer than measuring it, so its database is kept in the cache and used again.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::report::{Figure, Report};
use super::settings::Settings;
use super::stage::{SETTLE_WITHIN, Stage, as_float};
use crate::ground::people::{self, People};
use crate::ground::server::Server;
use crate::load::dialect::Dialect;
use crate::load::now;
use crate::load::orders::{Open, Order};
use crate::load::times::Times;
use crate::measure::{machine, process};

/// A process may hold 20,000 descriptors where this was designed, and the server is one process.
const PEOPLE: usize = 19_000;
/// Rooms that each person is in.
const ROOMS_EACH: usize = 10;
/// How far apart the rooms of a person are. Odd, so that every second one has an even number.
const STRIDE: usize = 191;
/// How long the server is left alone before its memory is looked at.
const REST: std::time::Duration = std::time::Duration::from_secs(3);

/// P6.
pub fn at_rest(settings: &Settings) -> Result<Report> {
    let count = settings.connections(PEOPLE);
    let (people, folder) = crowd(settings, count)?;
    let method = format!(
        "resident memory of the server with {count} signed-in connections, each in {ROOMS_EACH} rooms, less that of the \
         same server with the first half of them, each looked at {} s after the last had come",
        REST.as_secs()
    );
    let mut report = settings.report("p6", "Memory an idle connection", &method);
    let mut looks = Vec::with_capacity(settings.runs);
    for _run in settings.rounds("at rest") {
        report.loads.push(machine::load());
        let (mut server, _) = settings.source.launch_on(&folder)?;
        let mut stage = stage(settings, &server, &people)?;
        let begun = now();
        let mut look = |portion: f64| -> Result<Look> {
            let connected = stage.open_part(portion)?;
            let seconds = as_float(now() - begun) / 1e9;
            std::thread::sleep(REST);
            let (resident, proportional) =
                (process::resident(server.pid)?, process::proportional(server.pid)?);
            Ok(Look { connected, seconds, resident, proportional })
        };
        looks.push([look(0.0)?, look(0.5)?, look(1.0)?]);
        drop(stage);
        server.stop()?;
    }
    let of = |value: fn(&[Look; 3]) -> f64| looks.iter().map(value);
    report.figures = vec![
        Figure::less("resident memory a connection", "KiB")
            .goal(4.0, 1.5)
            .values(of(|[_, half, all]| all.more_than(half, |look| look.resident))),
        Figure::less("PSS a connection", "KiB")
            .values(of(|[_, half, all]| all.more_than(half, |look| look.proportional))),
        Figure::less("resident memory a connection, from none to all", "KiB")
            .values(of(|[none, _, all]| all.more_than(none, |look| look.resident))),
        Figure::less("resident memory before", "MiB").values(of(|[none, _, _]| mebibytes(none.resident))),
        Figure::less("resident memory with all", "MiB").values(of(|[_, _, all]| mebibytes(all.resident))),
        Figure::less("time to sign all in, the rest included", "s").values(of(|[_, _, all]| all.seconds)),
    ];
    Ok(report)
}

/// The server's memory with a part of the crowd.
struct Look {
    connected: u64,
    seconds: f64,
    resident: u64,
    proportional: u64,
}

impl Look {
    /// KiB that a connection costs, between a look at fewer and this one.
    fn more_than(&self, fewer: &Self, of: fn(&Self) -> u64) -> f64 {
        let connections = self.connected.saturating_sub(fewer.connected).max(1);
        (as_float(of(self)) - as_float(of(fewer))) / 1024.0 / as_float(connections)
    }
}

fn mebibytes(bytes: u64) -> f64 {
    as_float(bytes) / 1024.0 / 1024.0
}

/// P7.
pub fn storm(settings: &Settings) -> Result<Report> {
    let count = settings.connections(PEOPLE);
    let (people, folder) = crowd(settings, count)?;
    // Of the ten rooms of everybody, five have even numbers.
    let busy: Vec<u32> = (0..).step_by(2).take(people.rooms.len() / 2).collect();
    let method = format!(
        "{count} connections, each in {ROOMS_EACH} rooms, are cut; a message is said in every second room; then all \
         connect at the same moment with their positions, and are done when they have what they missed: five changes each"
    );
    let mut report = settings.report("p7", "All clients come back at once", &method);
    let (mut seconds, mut middle, mut cpu, mut again, mut resident) =
        (vec![], vec![], vec![], vec![], vec![]);
    for _run in settings.rounds("storm") {
        report.loads.push(machine::load());
        let (mut server, _) = settings.source.launch_on(&folder)?;
        let mut stage = stage(settings, &server, &people)?;
        stage.open()?;
        stage.crew().carry_out(&Order::Cut)?;
        people::say(server.address, &people, &busy, "you missed this")?;
        let heads = people::heads(server.address, &people)?;
        let used = process::cpu(server.pid)?;
        let at = now() + 200_000_000;
        let (opened, times) = stage.crew().open(&Open {
            at_once: usize::MAX,
            at,
            resume: Some(heads.clone()),
            portion: 1.0,
        })?;
        seconds.push(as_float(opened.last - at) / 1e9);
        middle.push(seconds_at(&times, 0.5));
        cpu.push(process::cpu(server.pid)?.saturating_sub(used).as_secs_f64() * 1e6 / as_float(count as u64));
        again.push(as_float(opened.again));
        resident.push(mebibytes(process::resident(server.pid)?));
        let missed = (count * ROOMS_EACH / 2) as u64;
        if opened.changes != missed {
            report.wrongs.push(format!("{} changes came, {missed} were missed", opened.changes));
        }
        report.findings.add_all(opened.findings);
        report.findings.add_all(stage.crew().settle(&heads, SETTLE_WITHIN)?);
        drop(stage);
        server.stop()?;
    }
    report.figures = vec![
        Figure::less("until all have caught up", "s").goal(15.0, 4.0).values(seconds),
        Figure::less("until half have", "s").values(middle),
        Figure::less("server CPU a client", "µs").values(cpu),
        Figure::less("connections that had to begin again", "").values(again),
        Figure::less("resident memory afterwards", "MiB").values(resident),
    ];
    Ok(report)
}

fn seconds_at(times: &Times, part: f64) -> f64 {
    times.milliseconds_at(part) / 1000.0
}

fn stage(settings: &Settings, server: &Server, people: &People) -> Result<Stage> {
    Stage::new(settings, (server.address, &[server.pid]), Dialect::Parlor, &people.rooms, &people.seats)
}

/// Makes the crowd that P6 and P7 need, unless the cache has it.
pub fn prepare(settings: &Settings) -> Result<()> {
    crowd(settings, settings.connections(PEOPLE)).map(drop)
}

/// The crowd and the folder of its database, made unless the cache has it.
fn crowd(settings: &Settings, count: usize) -> Result<(People, PathBuf)> {
    let folder = settings.cached(&format!("crowd-{count}"))?;
    let list = folder.join("people.json");
    if let Ok(text) = std::fs::read_to_string(&list) {
        let people = serde_json::from_str(&text);
        return Ok((people.with_context(|| format!("remove {}", folder.display()))?, folder.join("data")));
    }
    settings.say(&format!("making a crowd of {count}, kept in {}", folder.display()));
    let data = folder.join("data");
    if data.exists() {
        // What is there was not finished.
        std::fs::remove_dir_all(&data)?;
    }
    std::fs::create_dir_all(&data)?;
    let (mut server, _) = settings.source.launch_on(&data)?;
    let rooms = rooms(count);
    let begun = now();
    let people = people::prepare(server.address, rooms, count, |seat| rooms_of(seat, rooms))?;
    settings.say(&format!("  {:.0} s", as_float(now() - begun) / 1e9));
    server.stop()?;
    std::fs::write(&list, serde_json::to_string(&people)?)?;
    Ok((people, data))
}

/// An even number of rooms, with about a hundred people in each.
fn rooms(people: usize) -> usize {
    (people / ROOMS_EACH).max(4 * ROOMS_EACH).next_multiple_of(2)
}

/// The rooms of a person: ten different ones, five with even numbers and five with odd ones.
fn rooms_of(seat: usize, rooms: usize) -> Vec<u32> {
    let mut mine = BTreeSet::new();
    let mut next = seat % rooms;
    while mine.len() < ROOMS_EACH.min(rooms) {
        while !mine.insert(next) {
            next = (next + 2) % rooms;
        }
        next = (next + STRIDE) % rooms;
    }
    mine.into_iter().filter_map(|room| u32::try_from(room).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_in_ten_rooms_and_half_of_them_are_even() {
        for people in [20, 190, 1_000, 19_000] {
            let rooms = rooms(people);
            for seat in 0..people {
                let mine = rooms_of(seat, rooms);
                assert_eq!(mine.len(), ROOMS_EACH, "person {seat} of {people}");
                assert_eq!(mine.iter().filter(|room| *room % 2 == 0).count(), 5, "person {seat} of {people}");
                assert!(mine.iter().all(|room| (*room as usize) < rooms));
            }
        }
    }

    #[test]
    fn a_connection_costs_what_twice_as_many_cost_more() {
        let look = |connected, resident| Look { connected, seconds: 0.0, resident, proportional: 0 };
        let each = look(1_000, 5 << 20).more_than(&look(500, 4 << 20), |look| look.resident);
        assert!((each - 2.048).abs() < 1e-9, "{each}");
    }

    #[test]
    fn a_room_of_the_large_crowd_has_a_hundred_people() {
        let rooms = rooms(19_000);
        let mut counts = vec![0; rooms];
        (0..19_000).flat_map(|seat| rooms_of(seat, rooms)).for_each(|room| counts[room as usize] += 1);
        assert!(counts.iter().all(|count| *count == 100), "{:?}", counts.iter().max());
    }
}

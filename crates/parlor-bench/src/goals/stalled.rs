//! P8: what readers that have stopped reading cost the server and the others.

use anyhow::Result;

use super::report::{Figure, Report};
use super::settings::Settings;
use super::stage::{Load, SETTLE_WITHIN, Sample, Stage, as_float};
use crate::ground::people;
use crate::load::dialect::Dialect;
use crate::load::orders::Order;

const CONNECTIONS: usize = 10_000;
/// People in a room.
const TOGETHER: usize = 100;
/// One room in so many is busy: all deliveries are there, half of them to those who will not read.
const BUSY_EVERY: usize = 5;
/// Deliveries a second for each connection.
const EACH: f64 = 2.0;
/// How much longer than usual the second part counts: what is sent to a stalled reader first fills the kernel's
/// buffers, and only then is the server's memory put to the test.
const LONGER: f64 = 4.0;

/// P8.
pub fn measure(settings: &Settings) -> Result<Report> {
    let connections = settings.connections(CONNECTIONS);
    let crowd = Crowd { connections, rooms: connections.div_ceil(TOGETHER) };
    let per_second = as_float(connections as u64) * EACH / as_float(TOGETHER as u64);
    let load = Load::Scheduled { per_second, senders: crowd.senders() };
    let method = format!(
        "{connections} connections in rooms of {TOGETHER}; {per_second:.0} sends a second into one room of \
         {BUSY_EVERY}; first all read, then {} of them stop for {:.0} s, then they read again and everybody has to have \
         everything",
        crowd.stalled(),
        settings.warm_up + settings.seconds * LONGER,
    );
    let mut report = settings.report("p8", "Readers that have stopped reading", &method);
    let (mut growth, mut ratio, mut without, mut with, mut rate) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut resident, mut cpu) = (vec![], vec![]);
    for _run in settings.rounds("stalled") {
        let [all, some] = one_run(settings, &crowd, &load, &mut report)?;
        growth.push((as_float(some.resident) - as_float(all.resident)) / 1024.0 / 1024.0);
        let (before, after) = (all.total.took.milliseconds_at(0.99), some.total.took.milliseconds_at(0.99));
        ratio.push(after / before.max(0.001));
        without.push(before);
        with.push(after);
        rate.push(all.deliveries_a_second());
        resident.push(as_float(some.resident) / 1024.0 / 1024.0);
        cpu.push(some.cpu_a_delivery());
    }
    report.figures = vec![
        Figure::less("memory that the stalled readers cost", "MiB").goal(64.0, 8.0).values(growth),
        Figure::less("p99 of the others, with to without", "").aim(1.2).values(ratio),
        Figure::less("p99 without stalled readers", "ms").values(without),
        Figure::less("p99 of the others with them", "ms").values(with),
        Figure::more("deliveries before", "1/s").values(rate),
        Figure::less("server CPU a delivery, with stalled readers", "µs").values(cpu),
        Figure::less("resident memory with them", "MiB").values(resident),
    ];
    Ok(report)
}

fn one_run(settings: &Settings, crowd: &Crowd, load: &Load, report: &mut Report) -> Result<[Sample; 2]> {
    let (mut server, _) = settings.source.launch()?;
    let mut people =
        people::prepare(server.address, crowd.rooms, crowd.connections, |seat| vec![crowd.room_of(seat)])?;
    for (number, seat) in people.seats.iter_mut().enumerate() {
        seat.small = crowd.stalls(number);
    }
    let mut stage =
        Stage::new(settings, (server.address, &[server.pid]), Dialect::Parlor, &people.rooms, &people.seats)?;
    stage.open()?;
    let all = stage.run(settings, load, true)?;
    stage.crew().carry_out(&Order::Stall(true))?;
    let some = stage.run_for(settings, load, true, settings.seconds * LONGER)?;
    stage.crew().carry_out(&Order::Stall(false))?;
    let heads = people::heads(server.address, &people)?;
    all.blame(report);
    some.blame(report);
    // One load average a run.
    report.loads.pop();
    report.findings.add_all(stage.crew().settle(&heads, SETTLE_WITHIN)?);
    drop(stage);
    server.stop()?;
    Ok([all, some])
}

struct Crowd {
    connections: usize,
    rooms: usize,
}

impl Crowd {
    fn room_of(&self, seat: usize) -> u32 {
        u32::try_from(seat % self.rooms).unwrap_or(u32::MAX)
    }

    fn is_busy(&self, seat: usize) -> bool {
        (seat % self.rooms).is_multiple_of(BUSY_EVERY)
    }

    /// Half of those in busy rooms, which is a tenth of all.
    fn stalls(&self, seat: usize) -> bool {
        self.is_busy(seat) && (seat / self.rooms).is_multiple_of(2)
    }

    fn stalled(&self) -> usize {
        (0..self.connections).filter(|seat| self.stalls(*seat)).count()
    }

    fn senders(&self) -> Vec<(usize, u32)> {
        let seats = (0..self.connections).filter(|seat| self.is_busy(*seat) && !self.stalls(*seat));
        seats.map(|seat| (seat, self.room_of(seat))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_stalls_and_none_of_them_sends() {
        let crowd = Crowd { connections: CONNECTIONS, rooms: CONNECTIONS / TOGETHER };
        assert_eq!(crowd.stalled(), 1_000);
        let senders = crowd.senders();
        assert_eq!(senders.len(), 1_000);
        assert!(senders.iter().all(|(seat, _)| !crowd.stalls(*seat)));
        let rooms: std::collections::BTreeSet<u32> = senders.iter().map(|(_, room)| *room).collect();
        assert_eq!(rooms.len(), CONNECTIONS / TOGETHER / BUSY_EVERY);
    }
}

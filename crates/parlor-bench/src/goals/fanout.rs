//! P1, P2 and P3: what a delivery costs the server, and how many there are a second, in one big room and in small ones.

use anyhow::Result;

use super::report::{Figure, Report};
use super::rounds::{self, Scene};
use super::settings::Settings;
use super::stage::{Load, Sample, memory};

/// Sends under way by each sender.
pub const WINDOW: usize = 8;
/// Connections, in the big room and in all small rooms together.
pub const CONNECTIONS: usize = 900;
/// Senders in the big room.
pub const SENDERS: usize = 4;
/// People in a small room.
pub const SMALL: usize = 10;

/// P1 and P2.
pub fn big_room(settings: &Settings) -> Result<[Report; 2]> {
    let connections = settings.connections(CONNECTIONS);
    let senders = (0..SENDERS.min(connections)).map(|seat| (seat, 0)).collect();
    let load = Load::Windowed { window: WINDOW, senders };
    let scene = Scene { rooms: 1, connections, rooms_of: |_| vec![0] };
    let samples = rounds::samples(settings, "one room", &scene, load, false)?;
    let method = format!(
        "{connections} connections in one room, {SENDERS} of them sending with {WINDOW} sends under way each, bodies of \
         {} bytes",
        settings.body
    );
    let mut one = report(settings, "p1", "Server CPU a delivery, big room", &method, &samples);
    let mut two = Report {
        findings: one.findings.clone(),
        wrongs: one.wrongs.clone(),
        loads: one.loads.clone(),
        figures: one.figures.clone(),
        ..settings.report("p2", "Deliveries a second, big room", &method)
    };
    let (cpu, rate) = (cpu(&samples), rate(&samples));
    one.figures.splice(0..0, [cpu.clone().goal(1.2, 0.6), rate.clone()]);
    two.figures.splice(0..0, [rate.goal(500_000.0, 1_000_000.0), cpu]);
    Ok([one, two])
}

/// P3.
pub fn small_rooms(settings: &Settings) -> Result<Report> {
    let connections = settings.connections(CONNECTIONS);
    let rooms = connections.div_ceil(SMALL);
    let room_of = |seat: usize| u32::try_from(seat / SMALL).unwrap_or(u32::MAX);
    let senders = (0..rooms).map(|room| (room * SMALL, room_of(room * SMALL))).collect();
    let load = Load::Windowed { window: WINDOW, senders };
    let scene = Scene { rooms, connections, rooms_of: |seat| vec![room_of(seat)] };
    let samples = rounds::samples(settings, "small rooms", &scene, load, false)?;
    let method = format!(
        "{rooms} rooms of {SMALL}, one sender in each with {WINDOW} sends under way, bodies of {} bytes",
        settings.body
    );
    let mut report =
        report(settings, "p3", "Small rooms: deliveries a second and CPU a delivery", &method, &samples);
    let figures = [rate(&samples).goal(250_000.0, 528_000.0), cpu(&samples).goal(4.0, 1.9)];
    report.figures.splice(0..0, figures);
    Ok(report)
}

fn report(settings: &Settings, goal: &str, title: &str, method: &str, samples: &[Sample]) -> Report {
    let figures = vec![
        Figure::more("synced sends", "1/s").values(samples.iter().map(Sample::sends_a_second)),
        Figure::less("acknowledgement p50", "ms")
            .values(samples.iter().map(|sample| sample.total.acks.milliseconds_at(0.5))),
        Figure::less("acknowledgement p99", "ms")
            .values(samples.iter().map(|sample| sample.total.acks.milliseconds_at(0.99))),
        Figure::less("processors busy with the server", "").values(samples.iter().map(Sample::processors)),
        Figure::less("processors busy with the generator", "").values(samples.iter().map(Sample::generators)),
        Figure::more("deliveries a read of the generator", "").values(
            samples.iter().map(|sample| {
                super::stage::ratio(sample.total.outcome.deliveries, sample.total.outcome.reads)
            }),
        ),
    ];
    let mut report = settings.report(goal, title, method);
    report.figures = figures;
    report.figures.extend(memory(samples.iter()));
    for sample in samples {
        sample.blame(&mut report);
    }
    report
}

fn cpu(samples: &[Sample]) -> Figure {
    Figure::less("server CPU a delivery", "µs").values(samples.iter().map(Sample::cpu_a_delivery))
}

fn rate(samples: &[Sample]) -> Figure {
    Figure::more("deliveries", "1/s").values(samples.iter().map(Sample::deliveries_a_second))
}

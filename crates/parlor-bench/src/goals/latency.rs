//! P5: how long a message takes from the moment when it was to be sent until another has it, under a steady load.

use anyhow::Result;

use super::report::{Figure, Report};
use super::rounds::{self, Scene};
use super::settings::Settings;
use super::stage::{Load, Sample, memory};

const CONNECTIONS: usize = 1_000;
/// People in a room.
const TOGETHER: usize = 10;
/// Sends a second for each connection: a thousand for all.
const EACH: f64 = 1.0;

/// P5.
pub fn measure(settings: &Settings) -> Result<Report> {
    let connections = settings.connections(CONNECTIONS);
    let rooms = connections.div_ceil(TOGETHER);
    let room_of = |seat: usize| u32::try_from(seat / TOGETHER).unwrap_or(u32::MAX);
    let per_second = super::stage::as_float(connections as u64) * EACH;
    let senders = (0..connections).map(|seat| (seat, room_of(seat))).collect();
    let load = Load::Scheduled { per_second, senders };
    let scene = Scene { rooms, connections, rooms_of: |seat| vec![room_of(seat)] };
    let samples = rounds::samples(settings, "latency", &scene, load, true)?;
    let method = format!(
        "{connections} connections in {rooms} rooms of {TOGETHER}, {per_second:.0} sends a second at times that were \
         decided before, each timed from when it was due until each of the others has it; bodies of {} bytes",
        settings.body
    );
    Ok(report(settings, &method, &samples))
}

fn report(settings: &Settings, method: &str, samples: &[Sample]) -> Report {
    let took = |part: f64| samples.iter().map(move |sample| sample.total.took.milliseconds_at(part));
    let acks = |part: f64| samples.iter().map(move |sample| sample.total.acks.milliseconds_at(part));
    let lateness = samples.iter().map(|sample| sample.total.lateness.milliseconds_at(0.99));
    let mut report = settings.report("p5", "From a send until another has it", method);
    report.figures = vec![
        Figure::less("send to delivery p50", "ms").goal(4.0, 1.5).values(took(0.5)),
        Figure::less("send to delivery p99", "ms").goal(25.0, 8.0).values(took(0.99)),
        Figure::less("send to delivery p99.9", "ms").values(took(0.999)),
        Figure::less("send to delivery, longest", "ms").values(took(1.0)),
        Figure::less("acknowledgement p50", "ms").values(acks(0.5)),
        Figure::less("acknowledgement p99", "ms").values(acks(0.99)),
        Figure::less("lateness of the generator p99", "ms").values(lateness),
        Figure::more("synced sends", "1/s").values(samples.iter().map(Sample::sends_a_second)),
        Figure::less("server CPU a delivery", "µs").values(samples.iter().map(Sample::cpu_a_delivery)),
    ];
    report.figures.extend(memory(samples.iter()));
    for sample in samples {
        sample.blame(&mut report);
    }
    report
}

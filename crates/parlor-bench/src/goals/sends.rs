//! P4: how many sends a second become durable, when many people send and nobody waits for the other.

use anyhow::Result;

use super::report::{Figure, Report};
use super::rounds::{self, Scene};
use super::settings::Settings;
use super::stage::{Load, Sample, memory};

const SENDERS: usize = 512;
const WINDOW: usize = 8;
/// Senders in a room: enough that rooms are shared, few enough that deliveries are not what is measured.
const TOGETHER: usize = 4;

/// P4.
pub fn measure(settings: &Settings) -> Result<Report> {
    let senders = settings.connections(SENDERS);
    let rooms = senders.div_ceil(TOGETHER);
    let room_of = |seat: usize| u32::try_from(seat / TOGETHER).unwrap_or(u32::MAX);
    let load =
        Load::Windowed { window: WINDOW, senders: (0..senders).map(|seat| (seat, room_of(seat))).collect() };
    let scene = Scene { rooms, connections: senders, rooms_of: |seat| vec![room_of(seat)] };
    let samples = rounds::samples(settings, "sends", &scene, &load, false)?;
    Ok(report(settings, senders, rooms, &samples))
}

fn report(settings: &Settings, senders: usize, rooms: usize, samples: &[Sample]) -> Report {
    let method = format!(
        "{senders} senders in {rooms} rooms of {TOGETHER}, {WINDOW} sends under way each, bodies of {} bytes",
        settings.body
    );
    let quantile = |part: f64| samples.iter().map(move |sample| sample.total.acks.milliseconds_at(part));
    let mut report = settings.report("p4", "Synced sends a second", &method);
    report.figures = vec![
        Figure::more("synced sends", "1/s")
            .goal(10_000.0, 40_000.0)
            .values(samples.iter().map(Sample::sends_a_second)),
        Figure::less("acknowledgement p99", "ms").aim(30.0).values(quantile(0.99)),
        Figure::less("acknowledgement p50", "ms").values(quantile(0.5)),
        Figure::less("server CPU a send", "µs").values(samples.iter().map(Sample::cpu_a_send)),
        Figure::more("deliveries", "1/s").values(samples.iter().map(Sample::deliveries_a_second)),
        Figure::less("answers “busy”", "").values(samples.iter().map(Sample::busy)),
        Figure::less("processors busy with the server", "").values(samples.iter().map(Sample::processors)),
        Figure::less("processors busy with the generator", "").values(samples.iter().map(Sample::generators)),
    ];
    report.figures.extend(memory(samples));
    for sample in samples {
        sample.blame(&mut report);
    }
    report
}

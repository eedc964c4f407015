//! P4: how many sends a second become durable, when many people send and nobody waits for the other.

use anyhow::Result;

use super::report::{Figure, Report};
use super::settings::Settings;
use super::stage::{Load, Sample, Stage, memory};
use crate::ground::people;
use crate::load::dialect::Dialect;

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
    let mut samples = Vec::with_capacity(settings.runs);
    for _run in settings.rounds("sends") {
        let (mut server, _) = settings.source.launch()?;
        let people = people::prepare(server.address, rooms, senders, |seat| vec![room_of(seat)])?;
        let mut stage = Stage::new(
            settings,
            (server.address, &[server.pid]),
            Dialect::Parlor,
            &people.rooms,
            &people.seats,
        )?;
        stage.open()?;
        samples.push(stage.run(settings, &load, false)?);
        drop(stage);
        server.stop()?;
    }
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

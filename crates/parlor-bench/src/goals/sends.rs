//! P4: how many sends a second become durable, when many people send and nobody waits for the other.

use anyhow::Result;

use super::report::{Figure, Report};
use super::rounds::{self, Scene};
use super::settings::Settings;
use super::stage::{Load, Sample, as_float, memory};

const SENDERS: usize = 512;
const WINDOW: usize = 8;
/// Senders in a room: enough that rooms are shared, few enough that deliveries are not what is measured.
const TOGETHER: usize = 4;
/// Sends a second for each, at times decided before: 10,000 for all, which is what must be reached. How long an
/// acknowledgement takes while everybody sends as fast as they can says mostly how many sends are under way.
const EACH: f64 = 10_000.0 / 512.0;

/// P4.
pub fn measure(settings: &Settings) -> Result<Report> {
    let connections = settings.connections(SENDERS);
    let rooms = connections.div_ceil(TOGETHER);
    let room_of = |seat: usize| u32::try_from(seat / TOGETHER).unwrap_or(u32::MAX);
    let senders: Vec<(usize, u32)> = (0..connections).map(|seat| (seat, room_of(seat))).collect();
    let per_second = as_float(connections as u64) * EACH;
    let loads = [
        Load::Windowed { window: WINDOW, senders: senders.clone() },
        Load::Scheduled { per_second, senders },
    ];
    let scene = Scene { rooms, connections, rooms_of: |seat| vec![room_of(seat)] };
    let samples = rounds::successive_samples(settings, "sends", &scene, &loads, false)?;
    let method = format!(
        "{connections} senders in {rooms} rooms of {TOGETHER}, {WINDOW} sends under way each; then {per_second:.0} sends a \
         second at times that were decided before, each timed from when it was due; bodies of {} bytes",
        settings.body
    );
    Ok(report(settings, &method, &samples))
}

fn report(settings: &Settings, method: &str, samples: &[[Sample; 2]]) -> Report {
    let full = || samples.iter().map(|[full, _]| full);
    let scheduled = || samples.iter().map(|[_, scheduled]| scheduled);
    let quantile = |sample: &Sample, part: f64| sample.total.acks.milliseconds_at(part);
    let mut report = settings.report("p4", "Synced sends a second", method);
    report.figures = vec![
        Figure::more("synced sends", "1/s")
            .goal(10_000.0, 40_000.0)
            .values(full().map(Sample::sends_a_second)),
        Figure::less("acknowledgement p99", "ms")
            .aim(30.0)
            .values(full().map(|sample| quantile(sample, 0.99))),
        Figure::less("acknowledgement p50", "ms").values(full().map(|sample| quantile(sample, 0.5))),
        Figure::more("synced sends by the schedule", "1/s").values(scheduled().map(Sample::sends_a_second)),
        Figure::less("acknowledgement p99 by the schedule", "ms")
            .values(scheduled().map(|sample| quantile(sample, 0.99))),
        Figure::less("acknowledgement p50 by the schedule", "ms")
            .values(scheduled().map(|sample| quantile(sample, 0.5))),
        Figure::less("lateness of the generator p99", "ms")
            .values(scheduled().map(|sample| sample.total.lateness.milliseconds_at(0.99))),
        Figure::less("server CPU a send", "µs").values(full().map(Sample::cpu_a_send)),
        Figure::more("deliveries", "1/s").values(full().map(Sample::deliveries_a_second)),
        Figure::less("answers “busy”", "")
            .values(samples.iter().map(|run| run.iter().map(Sample::busy).sum())),
        Figure::less("processors busy with the server", "").values(full().map(Sample::processors)),
        Figure::less("processors busy with the generator", "").values(full().map(Sample::generators)),
    ];
    report.figures.extend(memory(scheduled()));
    for [full, scheduled] in samples {
        full.blame(&mut report);
        scheduled.blame(&mut report);
        // One load average a run.
        report.loads.pop();
    }
    report
}

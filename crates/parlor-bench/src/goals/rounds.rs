//! The common way to measure: a new server, people in its rooms, the load, and the server's end; as often as is asked.

use anyhow::{Result, anyhow};

use super::settings::Settings;
use super::stage::{Load, Sample, Stage};
use crate::ground::people;
use crate::load::dialect::Dialect;

/// Who is where.
pub struct Scene<R> {
    /// How many rooms there are.
    pub rooms: usize,
    /// How many people, with a connection each.
    pub connections: usize,
    /// The rooms of a person.
    pub rooms_of: R,
}

/// Runs the load as often as the settings say; `timed` if the time of each delivery is taken.
///
/// # Errors
/// If a server can't be started, filled or stopped, or the generator fails.
pub fn samples<R: Fn(usize) -> Vec<u32> + Sync>(
    settings: &Settings,
    what: &str,
    scene: &Scene<R>,
    load: Load,
    timed: bool,
) -> Result<Vec<Sample>> {
    let samples = successive_samples(settings, what, scene, &[load], timed)?;
    Ok(samples.into_iter().map(|[sample]| sample).collect())
}

/// The same with several loads, one after the other on the same server. Returns what each came to, in their order.
///
/// # Errors
/// As for [`samples`].
pub fn successive_samples<R: Fn(usize) -> Vec<u32> + Sync, const N: usize>(
    settings: &Settings,
    what: &str,
    scene: &Scene<R>,
    loads: &[Load; N],
    timed: bool,
) -> Result<Vec<[Sample; N]>> {
    let mut samples = Vec::with_capacity(settings.runs);
    for _run in settings.rounds(what) {
        let (mut server, _) = settings.source.launch()?;
        let people = people::prepare(server.address, scene.rooms, scene.connections, &scene.rooms_of)?;
        let mut stage = Stage::new(
            settings,
            (server.address, &[server.pid]),
            Dialect::Parlor,
            &people.rooms,
            &people.seats,
        )?;
        stage.open()?;
        let mut run = Vec::with_capacity(N);
        for load in loads {
            let sample = stage.run(settings, load, timed)?;
            settings.say(&format!(
                "  {:.0} deliveries/s, {:.2} µs of server CPU each, {:.0} sends/s, load average {:.1}",
                sample.deliveries_a_second(),
                sample.cpu_a_delivery(),
                sample.sends_a_second(),
                sample.load
            ));
            run.push(sample);
        }
        samples.push(run.try_into().map_err(|_| anyhow!("a load came to nothing"))?);
        drop(stage);
        server.stop()?;
    }
    Ok(samples)
}

//! P9: how soon the server answers after it was started, on nothing and on very much, and what it needs at rest.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::report::{Figure, Report};
use super::settings::Settings;
use super::stage::as_float;
use crate::ground::http::Http;
use crate::load::now;
use crate::measure::{machine, process};

/// How long the server is left alone before its memory is looked at.
const REST: Duration = Duration::from_secs(2);
/// How many messages the large database is to hold.
pub const MESSAGES: u64 = 10_000_000;
/// Rooms that the many messages are in.
const ROOMS: usize = 100;

/// P9.
pub fn measure(settings: &Settings) -> Result<Report> {
    let full = filled(settings)?;
    let method = format!(
        "from starting the process until the first answer of /readyz, on an empty folder and on one with {} messages in \
         {ROOMS} rooms; resident memory {} s later",
        super::report::short(as_float(settings.messages)),
        REST.as_secs()
    );
    let mut report = settings.report("p9", "Start, and memory at rest", &method);
    report.shortened |= settings.messages < MESSAGES;
    let (mut empty_starts, mut full_starts, mut empty_memory, mut full_memory) =
        (vec![], vec![], vec![], vec![]);
    for _run in settings.rounds("start") {
        report.loads.push(machine::load());
        let (mut server, took) = settings.source.launch()?;
        std::thread::sleep(REST);
        empty_starts.push(took.as_secs_f64());
        empty_memory.push(as_float(process::resident(server.pid)?) / 1024.0 / 1024.0);
        server.stop()?;
        let (mut server, took) = settings.source.launch_on(&full)?;
        std::thread::sleep(REST);
        full_starts.push(took.as_secs_f64());
        full_memory.push(as_float(process::resident(server.pid)?) / 1024.0 / 1024.0);
        server.stop()?;
    }
    report.figures = vec![
        Figure::less("start on an empty folder", "s").goal(0.3, 0.1).values(empty_starts),
        Figure::less("start on many messages", "s").goal(1.0, 0.1).values(full_starts),
        Figure::less("resident memory at rest", "MiB").goal(40.0, 15.0).values(empty_memory),
        Figure::less("resident memory at rest on many messages", "MiB").values(full_memory),
    ];
    Ok(report)
}

/// Makes the large database that P9 needs, unless the cache has it.
pub fn prepare(settings: &Settings) -> Result<()> {
    filled(settings).map(drop)
}

/// The folder of a database with very many messages, filled unless the cache has it.
fn filled(settings: &Settings) -> Result<PathBuf> {
    let folder = settings.cached(&format!("messages-{}", settings.messages))?;
    let (data, done) = (folder.join("data"), folder.join("filled"));
    if done.exists() {
        return Ok(data);
    }
    settings.say(&format!("writing {} messages, kept in {}", settings.messages, folder.display()));
    if data.exists() {
        // What is there was not finished.
        std::fs::remove_dir_all(&data)?;
    }
    std::fs::create_dir_all(&data)?;
    let host = host_with_rooms(settings, &data)?;
    let begun = now();
    let filling = parlor_testkit::fill(&data, &host, settings.messages);
    let written = tokio::runtime::Runtime::new()?.block_on(filling)?;
    ensure!(written == settings.messages, "{written} messages were written");
    settings.say(&format!("  {:.0} s", as_float(now() - begun) / 1e9));
    std::fs::write(&done, "")?;
    Ok(data)
}

/// Lets the server itself make the database, somebody, and their rooms. Returns who it is.
fn host_with_rooms(settings: &Settings, data: &std::path::Path) -> Result<String> {
    let (mut server, _) = settings.source.launch_on(data)?;
    let mut http = Http::open(server.address)?;
    let register = json!({"username": "host", "password": "correct horse battery staple"});
    let answer = http.call("POST", "/api/v1/auth/register", None, Some(&register))?;
    let text =
        |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).context("the host has no such thing");
    let (token, id) = (text("/token")?, text("/user/id")?.to_owned());
    for number in 0..ROOMS {
        let room = json!({"name": format!("room {number}"), "kind": "public"});
        http.call("POST", "/api/v1/rooms", Some(token), Some(&room))?;
    }
    drop(http);
    server.stop()?;
    Ok(id)
}

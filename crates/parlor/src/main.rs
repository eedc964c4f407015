//! The program `parlor`: reads the command line and the configuration, and runs the server or one of its tools.
//!
//! Here is wiring and lifecycle only. What Parlor does stands in `parlor-core`; how it is reached, in `parlor-api` and
//! `parlor-gateway`.

mod arguments;
mod config;
mod doctor;
mod failure;
mod logging;
mod serve;
mod settings;
mod system;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, ConfigCommand, Sources};
use config::{Environment, Loaded};
use failure::Failure;

/// Many small pieces come from one thread and go on another; see `docs/adr/0012`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    serve::refuse_huge_pages();
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match arguments.command.as_ref().unwrap_or(&Command::Serve) {
        Command::Serve => serve(&arguments.sources),
        Command::Doctor { json } => Ok(doctor::run(&arguments.sources.flags(), *json)?),
        Command::Config(ConfigCommand::Example) => Ok(print(&config::example())),
        Command::Config(ConfigCommand::Reference) => Ok(print(&config::reference())),
        Command::Config(ConfigCommand::Check) => {
            let loaded = load(&arguments.sources)?;
            Ok(print(&config::summary(&loaded)))
        }
    }
}

fn serve(sources: &Sources) -> Result<ExitCode, Failure> {
    let started = std::time::Instant::now();
    let loaded = load(sources)?;
    logging::begin(&loaded.configuration.log)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    serve::run(&loaded.configuration, started)
}

fn load(sources: &Sources) -> Result<Loaded, Failure> {
    config::load(&sources.flags(), &Environment::of_process()).map_err(Failure::Configuration)
}

/// Prints on standard output. A reader who went away early is no failure.
fn print(text: &str) -> ExitCode {
    use std::io::Write as _;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

//! The project's own tasks: one command to test everything, and the checks and generators that it runs.
//!
//! Nothing here is part of the server. Each task is a module; this one only reads the command line.

mod arguments;
mod children;
mod codegen;
mod conformance;
mod counts;
mod fuzz;
mod output;
mod postgres;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use arguments::Task;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = match arguments::parse(&arguments) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("{error:#}\nTry `cargo xtask --help`.");
            return ExitCode::from(2);
        }
    };
    match run(task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    match task {
        Task::Help(text) => {
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        }
        Task::Test { only } => test::run(&only),
        Task::ListSteps => {
            test::list();
            Ok(ExitCode::SUCCESS)
        }
        Task::Tidy => tidy::run(),
        Task::Codegen { check } => codegen::run(check),
        Task::Conformance { cases } => conformance::run(&cases),
        Task::Fuzz { seconds, targets } => fuzz::run(seconds, &targets),
        Task::Counts { update } => counts::run(update),
        Task::Postgres => postgres::run(),
    }
}

//! The page of benchmarks: the results that are kept as JSON, told as a section of Markdown between two marks, with a
//! plot for each goal.
//!
//! It measures nothing and rounds nothing but what it shows: whoever doubts a figure finds all runs in the JSON.

pub mod plot;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::compare::Comparison;
use crate::goals::report::short;
use crate::goals::{Figure, Report};

/// Where the section begins.
pub const BEGIN: &str =
    "<!-- The section up to the next such mark is written by `parlor-bench report`. -->\n";
/// Where it ends.
pub const END: &str = "<!-- The end of what `parlor-bench report` writes. -->\n";
const GOALS: [&str; 9] = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"];

/// The results that are kept.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// One for each goal that was measured, in their order.
    pub goals: Vec<Report>,
    /// The comparison, if there was one.
    pub comparison: Option<Comparison>,
}

/// A file with what should be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

impl Results {
    /// Reads a folder. What was not measured is not there.
    ///
    /// # Errors
    /// A file has another form.
    pub fn load(folder: &Path) -> Result<Self> {
        let read = |name: &str| -> Result<Option<String>> {
            let path = folder.join(format!("{name}.json"));
            if path.exists() { Ok(Some(std::fs::read_to_string(path)?)) } else { Ok(None) }
        };
        let mut results = Self::default();
        for goal in GOALS {
            if let Some(text) = read(goal)? {
                results.goals.push(serde_json::from_str(&text).with_context(|| format!("{goal}.json"))?);
            }
        }
        if let Some(text) = read("compare")? {
            results.comparison = Some(serde_json::from_str(&text).context("compare.json")?);
        }
        Ok(results)
    }

    /// All files that these results make: the page with its section renewed, and the plots beside it.
    ///
    /// # Errors
    /// The page can't be read, or has no marks.
    pub fn files(&self, page: &Path, plots: &Path) -> Result<Vec<Wanted>> {
        let text = std::fs::read_to_string(page).with_context(|| format!("can't read {}", page.display()))?;
        let folder = plots.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = renewed(&text, &self.section(&folder)).context("the page has no marks")?;
        let mut files = vec![Wanted { path: page.to_owned(), text }];
        let mut add = |name: &str, text: String| {
            files.push(Wanted { path: plots.join(format!("{name}.svg")), text });
        };
        self.goals.iter().for_each(|report| add(&report.goal, plot::goal(report)));
        if let Some(comparison) = &self.comparison {
            add("compare", plot::comparison(comparison));
        }
        Ok(files)
    }

    /// The section, with links to plots in this folder.
    pub fn section(&self, folder: &str) -> String {
        let mut text = String::from("\n## Goals of speed\n\n");
        if self.goals.is_empty() {
            text.push_str("No results are kept yet.\n");
        } else {
            text.push_str(&self.overview());
            self.goals.iter().for_each(|report| text.push_str(&told(report, folder)));
        }
        if let Some(comparison) = &self.comparison {
            text.push_str(&beside(comparison, folder));
        }
        text.push('\n');
        text
    }

    fn overview(&self) -> String {
        let mut text = String::new();
        if let Some(report) = self.goals.first() {
            let machine = &report.machine;
            let _written = write!(
                text,
                "{}, {} threads, {} GiB of memory, Linux {}. Server and load generator share the processors.\n\n",
                machine.processor, machine.cores, machine.memory_gib, machine.kernel
            );
        }
        text.push_str("| goal | what | median | worst | must | aim | |\n|---|---|---:|---:|---:|---:|---|\n");
        for report in &self.goals {
            for figure in report.figures.iter().filter(|figure| is_wanted(figure)) {
                let _written = writeln!(
                    text,
                    "| {} | {} | {} | {} | {} | {} | {} |",
                    report.goal.to_uppercase(),
                    named(figure),
                    short(figure.median()),
                    short(figure.worst()),
                    figure.must.map_or_else(|| "–".to_owned(), short),
                    figure.aim.map_or_else(|| "–".to_owned(), short),
                    if report.shortened { "shortened run" } else { figure.verdict() }
                );
            }
        }
        text
    }
}

/// True for a figure that something is wanted of.
fn is_wanted(figure: &Figure) -> bool {
    figure.must.is_some() || figure.aim.is_some()
}

fn named(figure: &Figure) -> String {
    if figure.unit.is_empty() { figure.name.clone() } else { format!("{} [{}]", figure.name, figure.unit) }
}

fn told(report: &Report, folder: &str) -> String {
    let loads: Vec<String> = report.loads.iter().map(|load| format!("{load:.1}")).collect();
    let mut text = format!(
        "\n### {}: {}\n\n{}.\n\n![{}]({folder}/{}.svg)\n\n",
        report.goal.to_uppercase(),
        report.title,
        capital(&report.method),
        report.title,
        report.goal
    );
    if report.shortened {
        text.push_str("**This run was shorter or smaller than the goal wants.**\n\n");
    }
    text.push_str("| figure | median | worst |\n|---|---:|---:|\n");
    for figure in &report.figures {
        let _written =
            writeln!(text, "| {} | {} | {} |", named(figure), short(figure.median()), short(figure.worst()));
    }
    let _written = writeln!(
        text,
        "\n{} runs at revision `{}`, load average before each {}; findings: {}.\n\n```sh\n{}\n```",
        loads.len(),
        report.machine.revision,
        loads.join(", "),
        report.wrong(),
        report.command
    );
    text
}

fn beside(comparison: &Comparison, folder: &str) -> String {
    let mut text = format!(
        "\n## Beside its peers\n\n{}. “Parlor is” and “Parlor needs” are Parlor's figure in terms of the peer's. What a peer \
         leaves out stands under “durable”; none but Parlor checks who may write where.\n\n",
        capital(&comparison.method)
    );
    if comparison.shortened {
        text.push_str("**This run was shorter or smaller than it should be.**\n\n");
    }
    let _written = write!(text, "![Deliveries a second]({folder}/compare.svg)\n\nOne room:\n\n");
    text.push_str(&comparison.table(|row| &row.one_room));
    text.push_str("\nSmall rooms:\n\n");
    text.push_str(&comparison.table(|row| &row.small_rooms));
    for line in comparison.absent() {
        let _written = writeln!(text, "\n{line}.");
    }
    let _written = writeln!(
        text,
        "\nRevision `{}`, load average {:.1} at the end.\n\n```sh\n{}\n```",
        comparison.machine.revision, comparison.machine.load, comparison.command
    );
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A page with another section between its marks.
fn renewed(page: &str, section: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_old, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{section}{END}{after}"))
}

/// Those of the files that are not as they should be.
pub fn stale(files: &[Wanted]) -> Vec<&Path> {
    let is_stale = |file: &&Wanted| std::fs::read_to_string(&file.path).ok().as_ref() != Some(&file.text);
    files.iter().filter(is_stale).map(|file| file.path.as_path()).collect()
}

/// Writes the files.
pub fn write(files: &[Wanted]) -> Result<()> {
    for file in files {
        if let Some(folder) = file.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&file.path, &file.text)
            .with_context(|| format!("can't write {}", file.path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            goal: "p1".to_owned(),
            title: "Server CPU".to_owned(),
            method: "900 connections".to_owned(),
            loads: vec![0.1],
            figures: vec![
                Figure::less("CPU", "µs").goal(1.2, 0.6).values([0.9, 1.1, 1.0]),
                Figure::more("sends", "1/s").values([100.0]),
            ],
            ..Report::default()
        }
    }

    #[test]
    fn the_page_in_the_repository_tells_the_results_that_are_kept() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let results = Results::load(&docs.join("benchmarks/results")).unwrap();
        let files = results.files(&docs.join("benchmarks.md"), &docs.join("benchmarks")).unwrap();
        let stale = stale(&files);
        assert!(stale.is_empty(), "run `parlor-bench report`: {stale:?} tell something else");
    }

    #[test]
    fn a_page_that_tells_something_else_is_stale_until_it_is_written() {
        let folder = std::env::temp_dir().join(format!("parlor-bench-page-{:x}", crate::load::now()));
        std::fs::create_dir_all(&folder).unwrap();
        let (page, plots) = (folder.join("page.md"), folder.join("plots"));
        std::fs::write(&page, format!("# Before\n{BEGIN}old\n{END}after\n")).unwrap();
        let mut results = Results { goals: vec![report()], comparison: Some(Comparison::default()) };
        let files = results.files(&page, &plots).unwrap();
        assert_eq!(stale(&files).len(), 3);
        write(&files).unwrap();
        assert!(stale(&results.files(&page, &plots).unwrap()).is_empty());
        results.goals[0].figures[0].values = vec![2.0];
        let changed = results.files(&page, &plots).unwrap();
        assert_eq!(stale(&changed), [page.as_path(), plots.join("p1.svg").as_path()]);
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(
            text.starts_with("# Before\n") && text.ends_with("after\n") && !text.contains("old"),
            "{text}"
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_was_measured_stands_beside_what_is_wanted() {
        let results = Results { goals: vec![report()], comparison: None };
        let section = results.section("plots");
        assert!(
            section.contains("| P1 | CPU [µs] | 1.00 | 1.10 | 1.20 | 0.60 | must reached |"),
            "{section}"
        );
        assert!(section.contains("| sends [1/s] | 100 | 100 |"), "{section}");
        assert!(section.contains("](plots/p1.svg)"), "{section}");
        assert_eq!(renewed("no marks", &section), None);
    }
}

//! A disk that fails on purpose, and one that remembers what was done to it and what of that was synced: from this it
//! makes what a power cut leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::support::Dice;
use crate::vfs;

/// What a disk writes at once: a power cut tears a write between two of these.
const SECTOR: usize = 512;

/// The content of a folder, by name.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Something that happened, in the order in which it did.
#[derive(Debug)]
pub(crate) enum Step {
    /// So much was written there.
    Write(String, usize, Vec<u8>),
    /// A file got this length.
    Truncate(String, usize),
    /// A file was removed.
    Delete(String),
    /// All that was done to a file is on disk.
    Sync(String),
    /// Somebody was told something.
    Told(Answer),
}

/// What the cases want to remember of the answers.
pub(crate) type Answer = (u64, u64);

#[derive(Debug, Default)]
struct State {
    steps: Option<Vec<Step>>,
    is_full: bool,
    /// True while what readers share can't grow.
    has_no_memory: bool,
    /// The file whose syncs fail, and how many succeed before the one that does. Later ones succeed again.
    fails: Option<(String, usize)>,
}

/// The disk of a folder.
#[derive(Debug, Default)]
pub(crate) struct Disk(Mutex<State>);

impl Disk {
    /// The disk of this folder from now on.
    pub(crate) fn of(folder: &Path) -> Arc<Self> {
        let disk = Arc::new(Self::default());
        vfs::watch(folder, Arc::clone(&disk));
        disk
    }

    /// Remembers from now on.
    pub(crate) fn record(&self) {
        self.state().steps = Some(Vec::new());
    }

    /// What happened since, after which it remembers no more.
    pub(crate) fn recorded(&self) -> Vec<Step> {
        self.state().steps.take().unwrap()
    }

    /// Notes that somebody was told something.
    pub(crate) fn told(&self, answer: Answer) {
        self.step(Step::Told(answer));
    }

    /// Full: files can't grow any more, or can again.
    pub(crate) fn fill(&self, is_full: bool) {
        self.state().is_full = is_full;
    }

    /// The file of shared memory can't grow any more, although the others can; or it can again.
    pub(crate) fn fill_memory(&self, is_full: bool) {
        self.state().has_no_memory = is_full;
    }

    /// One sync of this file fails, after so many good ones.
    pub(crate) fn fail_sync(&self, name: &str, after: usize) {
        self.state().fails = Some((name.to_owned(), after));
    }

    /// True once that sync has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.state().fails.is_none()
    }

    pub(crate) fn may_write(&self, grows: bool) -> bool {
        !(grows && self.state().is_full)
    }

    pub(crate) fn may_map(&self) -> bool {
        let state = self.state();
        !state.is_full && !state.has_no_memory
    }

    pub(crate) fn may_sync(&self, name: &str) -> bool {
        let mut state = self.state();
        match &mut state.fails {
            Some((file, 0)) if file == name => {
                state.fails = None;
                false
            }
            Some((file, more)) if file == name => {
                *more -= 1;
                true
            }
            _ => true,
        }
    }

    pub(crate) fn wrote(&self, name: &str, at: usize, bytes: &[u8]) {
        self.step(Step::Write(name.to_owned(), at, bytes.to_vec()));
    }

    pub(crate) fn truncated(&self, name: &str, size: usize) {
        self.step(Step::Truncate(name.to_owned(), size));
    }

    pub(crate) fn deleted(&self, name: &str) {
        self.step(Step::Delete(name.to_owned()));
    }

    pub(crate) fn synced(&self, name: &str) {
        self.step(Step::Sync(name.to_owned()));
    }

    fn step(&self, step: Step) {
        if let Some(steps) = &mut self.state().steps {
            steps.push(step);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

/// The files of a folder whose names begin so.
pub(crate) fn content(folder: &Path, prefix: &str) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let named = entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())));
    let ours = named.filter(|(name, _)| name.starts_with(prefix));
    ours.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

/// A disk while its steps are played again: what is safe, and what is not yet.
pub(crate) struct Replay<'s> {
    safe: Files,
    unsynced: Vec<&'s Step>,
    /// False for a disk whose syncs do nothing, which must be found out.
    pub(crate) syncs: bool,
}

impl<'s> Replay<'s> {
    /// Begins with files that are safe.
    pub(crate) fn new(safe: Files) -> Self {
        Self { safe, unsynced: Vec::new(), syncs: true }
    }

    /// Does a step.
    pub(crate) fn play(&mut self, step: &'s Step) {
        match step {
            Step::Sync(name) if self.syncs => {
                let synced = self.unsynced.extract_if(.., |step| file(step) == Some(name));
                for step in synced.collect::<Vec<_>>() {
                    apply(&mut self.safe, step, |_| true);
                }
            }
            Step::Sync(_) | Step::Told(_) => {}
            step => self.unsynced.push(step),
        }
    }

    /// What is there after a power cut at this moment: all that is safe, and of the rest whatever the dice say. They say
    /// first how much at most: often nothing or all.
    pub(crate) fn cut(&self, dice: &mut Dice) -> Files {
        let mut left = self.safe.clone();
        let of_ten = dice.roll(13).saturating_sub(1).min(10);
        for step in &self.unsynced {
            apply(&mut left, step, |_| dice.roll(10) < of_ten);
        }
        left
    }
}

/// Which file a step changes.
fn file(step: &Step) -> Option<&String> {
    match step {
        Step::Write(name, ..) | Step::Truncate(name, _) | Step::Delete(name) => Some(name),
        Step::Sync(_) | Step::Told(_) => None,
    }
}

/// Does to some files what a step did, as far as it is kept: each sector of a write for itself.
fn apply(files: &mut Files, step: &Step, mut keeps: impl FnMut(usize) -> bool) {
    match step {
        Step::Write(name, at, bytes) => {
            let mut from = 0;
            while from < bytes.len() {
                let to = bytes.len().min(from + SECTOR - (at + from) % SECTOR);
                if keeps(at + from) {
                    let file = files.entry(name.clone()).or_default();
                    file.resize(file.len().max(at + to), 0);
                    file[at + from..at + to].copy_from_slice(&bytes[from..to]);
                }
                from = to;
            }
        }
        Step::Truncate(name, size) if keeps(0) => files.entry(name.clone()).or_default().resize(*size, 0),
        Step::Delete(name) if keeps(0) => drop(files.remove(name)),
        Step::Truncate(..) | Step::Delete(_) | Step::Sync(_) | Step::Told(_) => {}
    }
}

//! The playing itself: who is on stage, and one item after the other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use parlor_client::protocol::Sent;
use parlor_client::protocol::commands::MessageSend;
use parlor_client::{Client, Error};

use super::Options;
use super::limits::patiently;
use super::person::Person;
use super::report::Skipped;
use crate::figures::Times;
use crate::history::{Answer, Attempt, Facts, Finding, Reading};
use crate::irc::{Item, Log};
use crate::typed::typed;

/// How long the connections have, after the last item, to be told everything.
const SETTLING: Duration = Duration::from_mins(1);

/// What was done so often.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) messages: usize,
    pub(super) actions: usize,
    pub(super) joins: usize,
    pub(super) leaves: usize,
    /// Leaves that the log does not tell of, but that must have been: the nick joins, or is taken, once more.
    pub(super) silent_leaves: usize,
    pub(super) renames: usize,
    pub(super) waits: usize,
}

/// A log being played.
pub(super) struct Play<'a> {
    nobody: &'a Client,
    room: Arc<str>,
    max_body_bytes: usize,
    facts: Arc<Facts>,
    people: Vec<Person>,
    by_nick: HashMap<String, usize>,
    attempts: Vec<Attempt>,
    clock: u64,
    pub(super) counts: Counts,
    pub(super) times: Times,
    pub(super) refused: Vec<Skipped>,
    pub(super) problems: Vec<Finding>,
}

impl<'a> Play<'a> {
    pub(super) fn new(nobody: &'a Client, room: Arc<str>, max_body_bytes: usize, facts: Arc<Facts>) -> Self {
        Self {
            nobody,
            room,
            max_body_bytes,
            facts,
            people: Vec::new(),
            by_nick: HashMap::new(),
            attempts: Vec::new(),
            clock: 0,
            counts: Counts::default(),
            times: Times::default(),
            refused: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Plays every line.
    pub(super) async fn perform(&mut self, log: &Log, options: &Options) -> Result<()> {
        let bar = progress_bar(log, options.progress);
        let start = tokio::time::Instant::now();
        let first_minute = log.lines.first().map_or(0, |line| line.minute);
        for line in &log.lines {
            if let Some(speed) = options.speed {
                let seconds = f64::from((line.minute - first_minute) * 60) / speed;
                tokio::time::sleep_until(start + Duration::from_secs_f64(seconds)).await;
            }
            let outcome = self.play(line.number, &line.item).await;
            outcome.with_context(|| format!("line {}: {:?}", line.number, line.item))?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    pub(super) fn connections(&self) -> usize {
        self.people.len()
    }

    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// What every connection saw. Waits until all were told everything up to `head`, or the time is over.
    pub(super) async fn readings(&mut self, head: u64) -> Vec<Reading> {
        let deadline = tokio::time::Instant::now() + SETTLING;
        for person in &mut self.people {
            person.settle(head, deadline).await;
        }
        let mut all = Vec::new();
        for person in &mut self.people {
            let (mut readings, mut findings) = person.readings(&self.room, head).await;
            all.append(&mut readings);
            self.problems.append(&mut findings);
        }
        all
    }

    /// Closes every connection.
    pub(super) async fn end(self) {
        futures_util::future::join_all(self.people.into_iter().map(Person::end)).await;
    }

    async fn play(&mut self, number: usize, item: &Item) -> Result<(), Error> {
        match item {
            Item::Message(nick, text) => {
                let who = self.on_stage(nick).await?;
                self.counts.messages += 1;
                self.say(who, number, text, false).await
            }
            Item::Action(nick, text) => {
                let who = self.on_stage(nick).await?;
                self.counts.actions += 1;
                self.say(who, number, text, true).await
            }
            Item::Join(nick) => {
                let who = self.known(nick).await?;
                self.leave_silently(who).await?;
                self.join(who).await
            }
            Item::Leave(nick) => {
                let who = self.on_stage(nick).await?;
                self.counts.leaves += 1;
                self.people[who].leave(&self.room, &mut self.counts.waits).await
            }
            Item::Rename(old, new) => self.rename(old, new).await,
        }
    }

    /// Whoever bears this nick, connected.
    async fn known(&mut self, nick: &str) -> Result<usize, Error> {
        if let Some(&who) = self.by_nick.get(nick) {
            return Ok(who);
        }
        let waits = &mut self.counts.waits;
        let person = Person::connect(self.nobody, nick, &self.room, &self.facts, waits).await?;
        self.people.push(person);
        let who = self.people.len() - 1;
        self.by_nick.insert(nick.to_owned(), who);
        Ok(who)
    }

    /// Whoever bears this nick, connected and in the room.
    async fn on_stage(&mut self, nick: &str) -> Result<usize, Error> {
        let who = self.known(nick).await?;
        if !self.people[who].present {
            self.join(who).await?;
        }
        Ok(who)
    }

    async fn join(&mut self, who: usize) -> Result<(), Error> {
        self.counts.joins += 1;
        self.people[who].join(&self.room, &mut self.counts.waits).await
    }

    async fn leave_silently(&mut self, who: usize) -> Result<(), Error> {
        if self.people[who].present {
            self.counts.silent_leaves += 1;
            self.people[who].leave(&self.room, &mut self.counts.waits).await?;
        }
        Ok(())
    }

    async fn rename(&mut self, old: &str, new: &str) -> Result<(), Error> {
        let who = self.on_stage(old).await?;
        if let Some(&other) = self.by_nick.get(new).filter(|other| **other != who) {
            self.leave_silently(other).await?;
        }
        self.counts.renames += 1;
        let person = &self.people[who];
        patiently(&mut self.counts.waits, async || person.client.rename_me(new).await).await?;
        self.by_nick.remove(old);
        self.by_nick.insert(new.to_owned(), who);
        Ok(())
    }

    async fn say(&mut self, who: usize, number: usize, text: &str, action: bool) -> Result<(), Error> {
        let person = &self.people[who];
        let message = MessageSend {
            room: self.room.to_string(),
            body: typed(text, action),
            nonce: Some(format!("line-{number}")),
            reply_to: None,
        };
        let mut attempt = Attempt {
            room: Arc::clone(&self.room),
            author: Arc::clone(&person.user),
            nonce: format!("line-{number}"),
            action,
            body: text.to_owned(),
            invoked: tick(&mut self.clock),
            answers: Vec::new(),
            refused: must_be_refused(text, self.max_body_bytes),
        };
        let start = Instant::now();
        let outcome =
            patiently(&mut self.counts.waits, async || person.sender.send_message(&message).await).await;
        self.times.add_since(start);
        attempt.answers.extend(self.answer(outcome, number, attempt.refused)?);
        self.attempts.push(attempt);
        Ok(())
    }

    /// An acknowledgement, or a refusal that had to come.
    fn answer(
        &mut self,
        outcome: Result<Sent, Error>,
        line: usize,
        refusal_is_due: bool,
    ) -> Result<Option<Answer>, Error> {
        match outcome {
            Ok(Sent { id, seq }) => {
                let at = tick(&mut self.clock);
                Ok(Some(Answer { seq, id, at }))
            }
            Err(error) if error.is_refusal() && refusal_is_due => {
                let reason = error.code().map_or("refused", |code| code.as_str()).to_owned();
                self.refused.push(Skipped { line, reason });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// True for texts that no server takes.
fn must_be_refused(text: &str, max_bytes: usize) -> bool {
    text.trim().is_empty() || text.len() > max_bytes || text.contains('\0')
}

fn tick(clock: &mut u64) -> u64 {
    *clock += 1;
    *clock
}

fn progress_bar(log: &Log, shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(log.lines.len()).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:40} {pos}/{len} {per_sec} {eta}") {
        bar.set_style(style);
    }
    bar.set_prefix(log.name.clone());
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_texts_must_be_refused() {
        for (text, refused) in [("", true), (" \t", true), ("a\0", true), ("12345", true), ("1234", false)] {
            assert_eq!(must_be_refused(text, 4), refused, "{text:?}");
        }
    }
}

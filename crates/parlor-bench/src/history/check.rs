//! The verdicts.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Attempt, End, Entry, Fact, Finding, MessageFact, Reading, Verdict};

/// Compares what was done with what was seen. At least one reading of each room must begin at 0 and end at its head,
/// else what it does not cover counts as lost.
pub fn check(attempts: &[Attempt], readings: &[Reading]) -> Vec<Finding> {
    let rooms: BTreeSet<&Arc<str>> = attempts
        .iter()
        .map(|attempt| &attempt.room)
        .chain(readings.iter().map(|reading| &reading.room))
        .collect();
    let mut findings = Vec::new();
    for room in rooms {
        let attempts: Vec<&Attempt> = attempts.iter().filter(|attempt| attempt.room == *room).collect();
        let readings: Vec<&Reading> = readings.iter().filter(|reading| reading.room == *room).collect();
        let mut check = Check { room, findings: Vec::new(), facts: BTreeMap::new() };
        for reading in &readings {
            check.walk(reading);
        }
        for reading in &readings {
            check.pages_are_complete(reading);
        }
        check.messages_were_sent(&attempts);
        check.acknowledgements_hold(&attempts);
        check.later_sends_stand_later(&attempts);
        findings.append(&mut check.findings);
    }
    findings
}

/// The check of one room.
struct Check<'a> {
    room: &'a str,
    findings: Vec<Finding>,
    /// What stands at each place, as the first reader who was given it saw it.
    facts: BTreeMap<u64, (&'a str, &'a Arc<Fact>)>,
}

impl<'a> Check<'a> {
    fn find(&mut self, verdict: Verdict, detail: String) {
        self.findings.push(Finding { verdict, room: self.room.to_owned(), detail });
    }

    /// Follows a reading: every place once, in order, without a hole.
    fn walk(&mut self, reading: &'a Reading) {
        let mut position = reading.from;
        let mut seen = BTreeSet::new();
        for entry in &reading.entries {
            match entry {
                Entry::Live { seq, fact } => {
                    self.step(reading, position, seq.saturating_sub(1), seen.contains(seq));
                    seen.insert(*seq);
                    self.observe(reading, *seq, fact);
                    position = position.max(*seq);
                }
                Entry::Page { from, to, messages } => {
                    let again = messages.iter().any(|(seq, _)| seen.contains(seq));
                    self.step(reading, position, *from, again);
                    self.page_is_in_order(reading, *from, *to, messages);
                    for (seq, fact) in messages {
                        seen.insert(*seq);
                        self.observe(reading, *seq, fact);
                    }
                    position = position.max(*to);
                }
            }
        }
        self.ends_well(reading, position);
    }

    /// An entry continues `from`; the reader stood at `position`.
    fn step(&mut self, reading: &Reading, position: u64, from: u64, again: bool) {
        let reader = &reading.reader;
        if from > position {
            let missing = position + 1;
            self.find(Verdict::Gap, format!("{reader} was given nothing for {missing}..={from}"));
        } else if from < position && again {
            self.find(Verdict::Duplicated, format!("{reader} was given {} again at {position}", from + 1));
        } else if from < position {
            self.find(Verdict::Order, format!("{reader} was given {} after {position}", from + 1));
        }
    }

    fn page_is_in_order(&mut self, reading: &Reading, from: u64, to: u64, messages: &[(u64, Arc<Fact>)]) {
        let inside = messages.iter().all(|(seq, _)| (from + 1..=to).contains(seq));
        if !inside || !messages.is_sorted_by(|(one, _), (next, _)| one < next) {
            let detail = format!("{}'s page {from}..{to} holds other places or not in order", reading.reader);
            self.find(Verdict::Order, detail);
        }
    }

    fn ends_well(&mut self, reading: &Reading, position: u64) {
        let reader = &reading.reader;
        match reading.end {
            End::AtLeast(end) if position < end => {
                self.find(Verdict::Gap, format!("{reader} was given nothing for {}..={end}", position + 1));
            }
            // Whether who leaves is still told of it is the server's choice.
            End::LeftAt(end) if position + 1 < end => {
                self.find(Verdict::Gap, format!("{reader} was given nothing for {}..{end}", position + 1));
            }
            End::LeftAt(end) if position > end => {
                self.find(Verdict::Leak, format!("{reader} left with {end} and was given {position}"));
            }
            _ => {}
        }
    }

    /// Every reader who is given a place is given the same there.
    fn observe(&mut self, reading: &'a Reading, seq: u64, fact: &'a Arc<Fact>) {
        let (first, known) = *self.facts.entry(seq).or_insert((&reading.reader, fact));
        if known != fact {
            let detail = format!("at {seq}, {first} saw {known:?} and {} saw {fact:?}", reading.reader);
            self.find(Verdict::Order, detail);
        }
    }

    /// A page lacks no message that anybody was given.
    fn pages_are_complete(&mut self, reading: &Reading) {
        for entry in &reading.entries {
            let Entry::Page { from, to, messages } = entry else {
                continue;
            };
            let held: BTreeSet<u64> = messages.iter().map(|(seq, _)| *seq).collect();
            let places = self.facts.range(from + 1..).take_while(|(seq, _)| *seq <= to);
            let missing: Vec<(u64, String)> = places
                .filter(|(seq, (_, fact))| matches!(***fact, Fact::Message(_)) && !held.contains(seq))
                .map(|(seq, (first, _))| (*seq, (*first).to_owned()))
                .collect();
            for (seq, first) in missing {
                let detail = format!("{}'s page {from}..{to} lacks {seq}, which {first} saw", reading.reader);
                self.find(Verdict::Lost, detail);
            }
        }
    }

    fn messages(&self) -> Vec<(u64, &'a MessageFact)> {
        let message = |(seq, (_, fact)): (&u64, &(&str, &'a Arc<Fact>))| match &***fact {
            Fact::Message(message) => Some((*seq, message)),
            Fact::Change(_) => None,
        };
        self.facts.iter().filter_map(message).collect()
    }

    /// Every message that is there was sent, as it is, and is there once.
    fn messages_were_sent(&mut self, attempts: &[&Attempt]) {
        let sent: HashMap<(&str, &str), &Attempt> =
            attempts.iter().map(|attempt| (key_of(attempt), *attempt)).collect();
        let (mut places, mut ids) = (HashMap::new(), HashMap::new());
        for (seq, message) in self.messages() {
            let key = (message.author.as_str(), message.nonce.as_deref().unwrap_or_default());
            match sent.get(&key) {
                None => self.find(Verdict::Phantom, format!("{message:?} at {seq} was never sent")),
                Some(attempt) if attempt.refused => {
                    self.find(Verdict::Phantom, format!("{message:?} at {seq} was refused"));
                }
                Some(attempt) if attempt.body != message.body || attempt.action != message.action => {
                    self.find(Verdict::Unequal, format!("{message:?} at {seq} was sent as {attempt:?}"));
                }
                Some(_) => self.only_once(&mut places, key, seq),
            }
            self.only_once(&mut ids, ("id", message.id.as_str()), seq);
        }
    }

    fn only_once<'k>(
        &mut self,
        places: &mut HashMap<(&'k str, &'k str), u64>,
        key: (&'k str, &'k str),
        seq: u64,
    ) {
        match places.entry(key) {
            Slot::Occupied(first) => {
                let detail = format!("{} {} stands at {} and at {seq}", key.0, key.1, first.get());
                self.find(Verdict::Duplicated, detail);
            }
            Slot::Vacant(slot) => {
                slot.insert(seq);
            }
        }
    }

    /// What was acknowledged is where the acknowledgement said, and every acknowledgement said the same.
    fn acknowledgements_hold(&mut self, attempts: &[&Attempt]) {
        let mut places: HashMap<(&str, &str), (u64, &str)> = HashMap::new();
        for (seq, message) in self.messages() {
            let key = (message.author.as_str(), message.nonce.as_deref().unwrap_or_default());
            places.entry(key).or_insert((seq, &message.id));
        }
        for attempt in attempts {
            let (author, nonce) = key_of(attempt);
            let Some(first) = attempt.answers.first() else {
                continue;
            };
            for other in
                attempt.answers.iter().filter(|other| (other.seq, &other.id) != (first.seq, &first.id))
            {
                let detail =
                    format!("{author} {nonce} was acknowledged at {} and at {}", first.seq, other.seq);
                self.find(Verdict::Duplicated, detail);
            }
            for answer in &attempt.answers {
                let detail = format!("{author} {nonce} was acknowledged at {} as {}", answer.seq, answer.id);
                match places.get(&(author, nonce)) {
                    None => self.find(Verdict::Lost, detail),
                    Some((seq, _)) if *seq != answer.seq && attempt.answers.len() == 1 => {
                        self.find(Verdict::Order, format!("{detail}, and stands at {seq}"));
                    }
                    Some((seq, id)) if *seq == answer.seq && *id != answer.id => {
                        self.find(Verdict::Unequal, format!("{detail}, and stands there as {id}"));
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// What was sent after something had been acknowledged stands after it.
    fn later_sends_stand_later(&mut self, attempts: &[&Attempt]) {
        let mut placed: Vec<(&Attempt, &super::Answer)> =
            attempts.iter().filter_map(|attempt| Some((*attempt, attempt.answers.first()?))).collect();
        placed.sort_by_key(|(_, answer)| answer.seq);
        let mut earliest: Option<(u64, u64)> = None;
        for (attempt, answer) in placed.into_iter().rev() {
            if let Some((at, seq)) = earliest
                && at < attempt.invoked
            {
                let detail = format!(
                    "{} was sent at {} after {seq} was acknowledged at {at}, and stands before it at {}",
                    attempt.nonce, attempt.invoked, answer.seq
                );
                self.find(Verdict::Order, detail);
            }
            if earliest.is_none_or(|(at, _)| answer.at < at) {
                earliest = Some((answer.at, answer.seq));
            }
        }
    }
}

fn key_of(attempt: &Attempt) -> (&str, &str) {
    (&attempt.author, &attempt.nonce)
}

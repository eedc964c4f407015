//! Random histories: right ones have no findings, and every planted error is found.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Answer, Attempt, End, Entry, Fact, MessageFact, Reading, Verdict, check};

/// One change of the room, as the plan of a history.
#[derive(Debug, Clone)]
enum Step {
    Message { author: u8, body: String, acknowledged: bool },
    Change,
    Vanished { author: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8, "\\PC{1,12}", any::<bool>())
            .prop_map(|(author, body, acknowledged)| Step::Message { author, body, acknowledged }),
        1 => Just(Step::Change),
        1 => (0..4_u8).prop_map(|author| Step::Vanished { author }),
    ]
}

/// What happened, place by place, and who tried what.
fn history(steps: &[Step]) -> (Vec<Attempt>, Vec<(u64, Arc<Fact>)>) {
    let (mut attempts, mut facts) = (Vec::new(), Vec::new());
    for (index, step) in steps.iter().enumerate() {
        let (time, seq) = (index as u64 * 2, facts.len() as u64 + 1);
        let attempt = |author: u8, body: &str, answers| Attempt {
            room: "rm_1".into(),
            author: format!("usr_{author}").into(),
            nonce: format!("n{index}"),
            action: index % 3 == 0,
            body: body.to_owned(),
            invoked: time,
            answers,
            refused: false,
        };
        match step {
            Step::Change => facts.push((seq, Arc::new(Fact::Change(format!("change {seq}"))))),
            Step::Vanished { author } => attempts.push(attempt(*author, "lost on the way", Vec::new())),
            Step::Message { author, body, acknowledged } => {
                let id = format!("msg_{seq}");
                let answer = Answer { seq, id: id.clone(), at: time + 1 };
                attempts.push(attempt(*author, body, if *acknowledged { vec![answer] } else { Vec::new() }));
                let fact = MessageFact {
                    id,
                    author: format!("usr_{author}"),
                    nonce: Some(format!("n{index}")),
                    action: index % 3 == 0,
                    body: body.clone(),
                    sent_at: "2026-01-01T00:00:00Z".to_owned(),
                };
                facts.push((seq, Arc::new(Fact::Message(fact))));
            }
        }
    }
    (attempts, facts)
}

/// A reader that is given `facts` in runs of these lengths, live ones and pages in turn.
fn reading(reader: &str, facts: &[(u64, Arc<Fact>)], runs: &[usize]) -> Reading {
    let (mut entries, mut rest, mut position) = (Vec::new(), facts, 0);
    let mut runs = runs.iter().copied().chain([usize::MAX]).enumerate();
    while let (false, Some((turn, length))) = (rest.is_empty(), runs.next()) {
        let (run, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        let to = run.last().map_or(position, |(seq, _)| *seq);
        if turn % 2 == 0 {
            entries.extend(run.iter().map(|(seq, fact)| Entry::Live { seq: *seq, fact: Arc::clone(fact) }));
        } else {
            let is_message = |(_, fact): &&(u64, Arc<Fact>)| matches!(**fact, Fact::Message(_));
            entries.push(Entry::Page {
                from: position,
                to,
                messages: run.iter().filter(is_message).cloned().collect(),
            });
        }
        position = to;
    }
    let end = End::AtLeast(facts.len() as u64);
    Reading { reader: reader.to_owned(), room: "rm_1".into(), from: 0, end, entries }
}

fn found(attempts: &[Attempt], readings: &[Reading]) -> Vec<Verdict> {
    check(attempts, readings).into_iter().map(|finding| finding.verdict).collect()
}

proptest! {
    #[test]
    fn right_histories_have_no_findings(
        steps in prop::collection::vec(step(), 1..40),
        runs in prop::collection::vec(0..9_usize, 0..8),
    ) {
        let (attempts, facts) = history(&steps);
        let readings = [reading("one", &facts, &[]), reading("two", &facts, &runs)];
        prop_assert_eq!(check(&attempts, &readings), []);
    }

    #[test]
    fn a_missing_acknowledged_message_is_lost(steps in prop::collection::vec(step(), 1..40), pick in any::<prop::sample::Index>()) {
        let (attempts, facts) = history(&steps);
        let acknowledged: Vec<u64> = attempts.iter().flat_map(|attempt| &attempt.answers).map(|answer| answer.seq).collect();
        prop_assume!(!acknowledged.is_empty());
        let victim = acknowledged[pick.index(acknowledged.len())];
        let kept: Vec<_> = facts.iter().filter(|(seq, _)| *seq != victim).cloned().collect();
        let mut reading = reading("one", &kept, &[0]);
        reading.end = End::AtLeast(0);
        prop_assert!(found(&attempts, &[reading]).contains(&Verdict::Lost));
    }

    #[test]
    fn a_repeated_delivery_is_duplicated(steps in prop::collection::vec(step(), 1..40), pick in any::<prop::sample::Index>()) {
        let (attempts, facts) = history(&steps);
        prop_assume!(!facts.is_empty());
        let mut reading = reading("one", &facts, &[]);
        let at = pick.index(reading.entries.len());
        let again = reading.entries[at].clone();
        reading.entries.insert(at + 1, again);
        prop_assert_eq!(found(&attempts, &[reading]), [Verdict::Duplicated]);
    }

    #[test]
    fn a_stored_repeat_is_duplicated(steps in prop::collection::vec(step(), 1..40), pick in any::<prop::sample::Index>()) {
        let (attempts, mut facts) = history(&steps);
        let messages: Vec<_> = facts.iter().filter(|(_, fact)| matches!(**fact, Fact::Message(_))).cloned().collect();
        prop_assume!(!messages.is_empty());
        let Fact::Message(mut again) = (*messages[pick.index(messages.len())].1).clone() else { unreachable!() };
        again.id.push_str("_again");
        facts.push((facts.len() as u64 + 1, Arc::new(Fact::Message(again))));
        prop_assert_eq!(found(&attempts, &[reading("one", &facts, &[])]), [Verdict::Duplicated]);
    }

    #[test]
    fn a_dropped_event_is_a_gap(steps in prop::collection::vec(step(), 2..40), pick in any::<prop::sample::Index>()) {
        let (attempts, facts) = history(&steps);
        prop_assume!(!facts.is_empty());
        let mut victim = reading("victim", &facts, &[]);
        victim.entries.remove(pick.index(victim.entries.len()));
        prop_assert_eq!(found(&attempts, &[reading("one", &facts, &[]), victim]), [Verdict::Gap]);
    }

    #[test]
    fn swapped_messages_are_a_wrong_order(steps in prop::collection::vec(step(), 2..40), pick in any::<prop::sample::Index>()) {
        let (attempts, facts) = history(&steps);
        prop_assume!(facts.len() > 1);
        let at = pick.index(facts.len() - 1);
        let mut other = facts.clone();
        (other[at].1, other[at + 1].1) = (Arc::clone(&facts[at + 1].1), Arc::clone(&facts[at].1));
        let readings = [reading("one", &facts, &[]), reading("two", &other, &[])];
        prop_assert!(found(&attempts, &readings).contains(&Verdict::Order));
    }

    #[test]
    fn a_changed_body_is_unequal(steps in prop::collection::vec(step(), 1..40), pick in any::<prop::sample::Index>()) {
        let (mut attempts, facts) = history(&steps);
        let acknowledged: Vec<usize> = (0..attempts.len()).filter(|index| !attempts[*index].answers.is_empty()).collect();
        prop_assume!(!acknowledged.is_empty());
        attempts[acknowledged[pick.index(acknowledged.len())]].body.push('\u{301}');
        prop_assert_eq!(found(&attempts, &[reading("one", &facts, &[])]), [Verdict::Unequal]);
    }

    #[test]
    fn a_message_nobody_sent_is_a_phantom(steps in prop::collection::vec(step(), 1..40)) {
        let (attempts, mut facts) = history(&steps);
        let phantom = MessageFact {
            id: "msg_phantom".to_owned(),
            author: "usr_0".to_owned(),
            nonce: None,
            action: false,
            body: "boo".to_owned(),
            sent_at: "2026-01-01T00:00:00Z".to_owned(),
        };
        facts.push((facts.len() as u64 + 1, Arc::new(Fact::Message(phantom))));
        prop_assert_eq!(found(&attempts, &[reading("one", &facts, &[])]), [Verdict::Phantom]);
    }
}

//! A small history that is right, and one planted error for each verdict.

use std::sync::Arc;

use super::{Answer, Attempt, End, Entry, Fact, MessageFact, Reading, Verdict, check};

const ROOM: &str = "rm_1";

fn attempt(number: u64) -> Attempt {
    Attempt {
        room: ROOM.into(),
        author: "usr_1".into(),
        nonce: format!("n{number}"),
        action: false,
        body: format!("text {number}"),
        invoked: number * 10,
        answers: vec![Answer { seq: number, id: format!("msg_{number}"), at: number * 10 + 5 }],
        refused: false,
    }
}

fn message(number: u64) -> Arc<Fact> {
    Arc::new(Fact::Message(MessageFact {
        id: format!("msg_{number}"),
        author: "usr_1".to_owned(),
        nonce: Some(format!("n{number}")),
        action: false,
        body: format!("text {number}"),
        sent_at: "2026-01-01T00:00:00Z".to_owned(),
    }))
}

fn reading(reader: &str, entries: Vec<Entry>) -> Reading {
    Reading { reader: reader.to_owned(), room: ROOM.into(), from: 0, end: End::AtLeast(5), entries }
}

fn live(seqs: impl IntoIterator<Item = u64>) -> Reading {
    let entry = |seq| Entry::Live { seq, fact: message(seq) };
    reading("live", seqs.into_iter().map(entry).collect())
}

fn page(seqs: impl IntoIterator<Item = u64>) -> Reading {
    let messages = seqs.into_iter().map(|seq| (seq, message(seq))).collect();
    reading("page", vec![Entry::Page { from: 0, to: 5, messages }])
}

fn attempts() -> Vec<Attempt> {
    (1..=5).map(attempt).collect()
}

fn verdicts(attempts: &[Attempt], readings: &[Reading]) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> =
        check(attempts, readings).into_iter().map(|finding| finding.verdict).collect();
    verdicts.dedup();
    verdicts
}

#[test]
fn a_right_history_has_no_findings() {
    let mut some = attempts();
    some.push(Attempt { answers: Vec::new(), ..attempt(6) });
    some.push(Attempt { answers: Vec::new(), refused: true, ..attempt(7) });
    assert_eq!(check(&some, &[live(1..=5), page(1..=5)]), []);
    // What is unknown may also have happened.
    assert_eq!(check(&some, &[live(1..=6)]), []);
}

#[test]
fn acknowledged_and_absent_is_lost() {
    assert_eq!(verdicts(&attempts(), &[page([1, 2, 4, 5])]), [Verdict::Lost]);
}

#[test]
fn seen_by_one_and_absent_from_a_page_is_lost() {
    let mut some = attempts();
    some[2].answers.clear();
    assert_eq!(verdicts(&some, &[live(1..=5), page([1, 2, 4, 5])]), [Verdict::Lost]);
}

#[test]
fn one_nonce_at_two_places_is_duplicated() {
    let mut reading = page(1..=5);
    reading.entries.push(Entry::Page { from: 5, to: 6, messages: vec![(6, message(3))] });
    assert_eq!(verdicts(&attempts(), &[reading]), [Verdict::Duplicated]);
}

#[test]
fn an_event_given_twice_is_duplicated() {
    assert_eq!(verdicts(&attempts(), &[live([1, 2, 2, 3, 4, 5])]), [Verdict::Duplicated]);
}

#[test]
fn two_different_answers_to_one_nonce_are_duplicated() {
    let mut some = attempts();
    some[1].answers.push(Answer { seq: 9, id: "msg_9".to_owned(), at: 90 });
    assert_eq!(verdicts(&some, &[page(1..=5)]), [Verdict::Duplicated]);
}

#[test]
fn a_step_backwards_is_a_wrong_order() {
    assert!(verdicts(&attempts(), &[live([1, 2, 4, 3, 5])]).contains(&Verdict::Order));
}

#[test]
fn two_readers_that_differ_are_a_wrong_order() {
    let mut reading = page(1..=5);
    let Entry::Page { messages, .. } = &mut reading.entries[0] else { unreachable!() };
    (messages[1].1, messages[2].1) = (message(3), message(2));
    assert!(verdicts(&attempts(), &[live(1..=5), reading]).contains(&Verdict::Order));
}

#[test]
fn another_place_than_acknowledged_is_a_wrong_order() {
    let mut some = attempts();
    some[4].answers[0].seq = 6;
    assert_eq!(verdicts(&some, &[page(1..=5)]), [Verdict::Order]);
}

#[test]
fn a_later_send_at_an_earlier_place_is_a_wrong_order() {
    let mut some = attempts();
    some[1].invoked = 1000;
    some[1].answers[0].at = 1001;
    assert_eq!(verdicts(&some, &[page(1..=5)]), [Verdict::Order]);
}

#[test]
fn what_nobody_sent_is_a_phantom() {
    assert_eq!(verdicts(&attempts()[..4], &[page(1..=5)]), [Verdict::Phantom]);
}

#[test]
fn what_was_refused_and_stands_is_a_phantom() {
    let mut some = attempts();
    some[4].refused = true;
    some[4].answers.clear();
    assert_eq!(verdicts(&some, &[page(1..=5)]), [Verdict::Phantom]);
}

#[test]
fn another_body_or_kind_or_id_is_unequal() {
    let (mut body, mut kind, mut id) = (attempts(), attempts(), attempts());
    body[2].body.push(' ');
    kind[2].action = true;
    id[2].answers[0].id = "msg_x".to_owned();
    for some in [body, kind, id] {
        assert_eq!(verdicts(&some, &[page(1..=5)]), [Verdict::Unequal]);
    }
}

#[test]
fn a_missed_place_is_a_gap() {
    assert_eq!(verdicts(&attempts(), &[page(1..=5), live([1, 2, 4, 5])]), [Verdict::Gap]);
}

#[test]
fn an_early_end_is_a_gap() {
    assert_eq!(verdicts(&attempts(), &[page(1..=5), live(1..=4)]), [Verdict::Gap]);
}

#[test]
fn events_after_leaving_are_a_leak() {
    for (end, expected) in [(4, vec![Verdict::Leak]), (5, vec![]), (6, vec![]), (7, vec![Verdict::Gap])] {
        let mut left = live(1..=5);
        left.end = End::LeftAt(end);
        assert_eq!(verdicts(&attempts(), &[page(1..=5), left]), expected, "left at {end}");
    }
}

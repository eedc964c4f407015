//! Changes that come twice, late, early or not at all.

use super::*;

fn user(byte: u8) -> UserId {
    UserId::from_bytes([byte; 16])
}

fn change(seq: Seq) -> Encoded {
    let payload = Arc::new(Payload::of_text(&seq.to_string()));
    Encoded { seq, payload, grants: None, revokes: None, said: Said::default() }
}

fn page(from: Seq, to: Seq) -> Page {
    let payload = Arc::new(Payload::of_text(&format!("{from}..{to}")));
    Page { from, to, payload, said: Said::default(), joined: Vec::new(), left: Box::new([]) }
}

fn feed() -> Feed {
    Feed::new(RoomId::from_bytes([1; 16]), 0, Ring::new(1_000, 1_000_000), 2)
}

/// What a shard gets that has seen everything up to `cursor`; `None` if it is not all there.
fn look(feed: &Feed, cursor: Seq) -> Option<String> {
    let news = feed.look(0, cursor);
    assert_eq!(news.head, feed.head());
    let entries = news.entries?;
    let words: Vec<_> = entries.iter().map(|entry| entry.payload.text_of()).collect();
    Some(words.join(" "))
}

#[test]
fn what_comes_twice_goes_out_once() {
    let feed = feed();
    for seq in [1, 1, 2, 1, 2, 3] {
        feed.offer(change(seq));
    }
    assert_eq!(look(&feed, 0).as_deref(), Some("1 2 3"));
    assert!(!feed.wants(3) && feed.wants(4));
}

#[test]
fn what_comes_early_waits_for_its_predecessors() {
    let feed = feed();
    assert!(feed.offer(change(3)).gap);
    assert!(feed.offer(change(2)).gap);
    assert_eq!(look(&feed, 0).as_deref(), Some(""), "nothing leaves before 1");
    let outcome = feed.offer(change(1));
    assert_eq!((outcome.advanced, outcome.gap), (3, false));
    assert_eq!(look(&feed, 0).as_deref(), Some("1 2 3"));
}

#[test]
fn a_page_fills_a_gap_and_lets_go_of_what_was_held() {
    let feed = feed();
    feed.offer(change(1));
    for seq in [4, 5, 6] {
        feed.offer(change(seq));
    }
    assert_eq!(feed.repair_from(), Some(1));
    // The page covers what is missing and a part of what is held, which must not go out a second time.
    let outcome = feed.fill(page(1, 5));
    assert!(!outcome.gap);
    assert_eq!(look(&feed, 0).as_deref(), Some("1 1..5 6"));
    assert_eq!(look(&feed, 5).as_deref(), Some("6"));
}

#[test]
fn a_page_that_came_too_late_is_dropped() {
    let feed = feed();
    feed.offer(change(2));
    feed.offer(change(1));
    assert_eq!(feed.fill(page(0, 1)).advanced, 0);
    assert_eq!(look(&feed, 0).as_deref(), Some("1 2"));
}

#[test]
fn only_one_repairs_and_only_what_is_missing() {
    let feed = feed();
    assert!(!feed.begin_repair());
    assert!(feed.note_head(2));
    assert!(feed.begin_repair());
    assert!(!feed.begin_repair(), "somebody is at it");
    feed.fill(page(0, 2));
    assert_eq!(feed.repair_from(), None);
    assert!(feed.note_head(3) && feed.begin_repair(), "the next one may");
}

#[test]
fn what_is_held_is_bounded_and_the_gap_stays_known() {
    let feed = feed();
    for seq in (2..2_000).rev() {
        feed.offer(change(seq));
    }
    assert!(feed.bytes() < MAX_HELD * 5, "{}", feed.bytes());
    feed.offer(change(1));
    assert!(feed.head() < 1_999);
    assert_eq!(feed.repair_from(), Some(feed.head()), "what was not held is fetched");
}

#[test]
fn joins_are_told_even_if_the_feed_began_after_them() {
    let feed = Feed::new(RoomId::from_bytes([1; 16]), 5, Ring::new(9, 999), 2);
    let joined = |seq| Encoded { grants: Some(user(7)), ..change(seq) };
    assert_eq!(feed.offer(joined(5)).granted, [(user(7), 5)]);
    assert_eq!(feed.offer(joined(7)).granted, []);
    assert_eq!(feed.offer(change(6)).granted, [(user(7), 7)], "told when its turn comes");
}

#[test]
fn skipping_sends_readers_to_the_store() {
    let feed = feed();
    feed.offer(change(1));
    feed.offer(change(9));
    feed.skip_to(8);
    assert_eq!(look(&feed, 1), None);
    assert_eq!(look(&feed, 8).as_deref(), Some("9"), "what was held goes on from there");
}

#[test]
fn a_shard_is_told_once_until_it_looks() {
    let feed = feed();
    let told = |feed: &Feed| feed.to_tell().collect::<Vec<_>>();
    assert!(told(&feed).is_empty(), "nobody follows the room");
    assert!(feed.attend(0, true) && feed.attend(1, true));
    feed.offer(change(1));
    assert_eq!(told(&feed), [0, 1]);
    feed.offer(change(2));
    assert!(told(&feed).is_empty(), "they know already");
    assert_eq!(look(&feed, 0).as_deref(), Some("1 2"));
    feed.offer(change(3));
    assert_eq!(told(&feed), [0], "the other one has not looked yet");
    assert!(feed.attend(0, false), "one is left");
    look(&feed, 2);
    feed.offer(change(4));
    assert!(told(&feed).is_empty(), "who has gone away is not told");
    assert!(!feed.attend(1, false));
}

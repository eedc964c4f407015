//! The decision about a group of appends, without a database.

use parlor_model::{Body, MessageKind, Timestamp};

use super::super::{Append, NewMessage};
use super::*;

fn room(byte: u8) -> RoomId {
    RoomId::from_bytes([byte; 16])
}

fn message(byte: u8) -> MessageId {
    MessageId::from_bytes([byte; 16])
}

fn append(id: u8, nonce: Option<&str>) -> Pending {
    let message = NewMessage {
        id: message(id),
        author: UserId::from_bytes([7; 16]),
        kind: MessageKind::Text,
        body: Body::stored(format!("message {id}")),
        nonce: nonce.and_then(|nonce| Nonce::new(nonce.into()).ok()),
        reply_to: None,
        sent_at: Timestamp::from_millis(1),
    };
    Append { room: room(1), access_version: 4, message }.into()
}

fn known() -> Known {
    Known { rooms: HashMap::from([(room(1), RoomState { head: 10, access_seq: 4 })]), ..Known::default() }
}

/// The place of each and whether it is a repeat; nothing for a refusal.
fn seqs(group: &[Pending]) -> Vec<Option<(Seq, bool)>> {
    let place = |one: &Pending| match &one.fate {
        Fate::New => Some((one.message.seq, false)),
        Fate::Repeated(first) => Some((first.seq, true)),
        Fate::Refused(_) | Fate::Undecided => None,
    };
    group.iter().map(place).collect()
}

#[test]
fn places_follow_each_other_and_refusals_take_none() {
    let mut stale = append(2, None);
    stale.access_version = 3;
    let mut elsewhere = append(3, None);
    elsewhere.message.room = room(2);
    let mut group = [append(1, None), stale, elsewhere, append(4, None)];
    let heads = decide(&mut group, known(), false);
    assert_eq!(seqs(&group), [Some((11, false)), None, None, Some((12, false))]);
    assert_eq!(group[1].fate, Fate::Refused(AppendError::AccessChanged));
    assert_eq!(group[2].fate, Fate::Refused(AppendError::RoomGone));
    assert_eq!(heads, [(room(1), 12)]);
}

#[test]
fn a_repeat_in_the_group_gets_the_first_result() {
    let mut group = [append(1, Some("a")), append(2, Some("a")), append(3, Some("b"))];
    decide(&mut group, known(), false);
    assert_eq!(seqs(&group), [Some((11, false)), Some((11, true)), Some((12, false))]);
    let Fate::Repeated(first) = &group[1].fate else { panic!() };
    assert_eq!(**first, group[0].message);
}

#[test]
fn a_repeat_is_answered_even_after_access_was_lost() {
    let mut first = append(1, Some("a"));
    first.place(5);
    let mut known = known();
    let name = (first.message.author, Nonce::new("a".into()).unwrap());
    known.nonces.insert(name, First::Stored(Box::new(first.message.clone())));
    let mut again = append(2, Some("a"));
    again.access_version = 1;
    let mut group = [again];
    let heads = decide(&mut group, known, false);
    assert_eq!(group[0].fate, Fate::Repeated(Box::new(first.message)));
    assert!(heads.is_empty());
}

#[test]
fn an_answer_needs_its_message_in_the_room() {
    let mut answer = append(2, None);
    answer.message.reply_to = Some(message(1));
    let mut group = [answer.clone(), append(1, None), answer];
    decide(&mut group, known(), false);
    assert_eq!(group[0].fate, Fate::Refused(AppendError::ReplyNotFound));
    assert_eq!(seqs(&group)[1..], [Some((11, false)), Some((12, false))]);
}

#[test]
fn the_planted_error_takes_a_repeat_for_a_new_send() {
    let mut group = [append(1, Some("a")), append(2, Some("a"))];
    decide(&mut group, known(), true);
    assert_eq!(seqs(&group), [Some((11, false)), Some((12, false))]);
}

//! The decision about a group of appends, without a database.

use super::*;

fn room(byte: u8) -> RoomId {
    RoomId::from_bytes([byte; 16])
}

fn message(byte: u8) -> MessageId {
    MessageId::from_bytes([byte; 16])
}

fn append(id: u8, nonce: Option<&str>) -> Append {
    let message = NewMessage {
        id: message(id),
        author: UserId::from_bytes([7; 16]),
        kind: MessageKind::Text,
        body: Body::stored(format!("message {id}")),
        nonce: nonce.and_then(|nonce| Nonce::new(nonce.into()).ok()),
        reply_to: None,
        sent_at: Timestamp::from_millis(1),
    };
    Append { room: room(1), access_version: 4, message }
}

fn known() -> Known {
    Known { rooms: HashMap::from([(room(1), RoomState { head: 10, access_seq: 4 })]), ..Known::default() }
}

fn seqs(decision: &Decision) -> Vec<Option<(Seq, bool)>> {
    let place = |outcome: &Outcome| outcome.as_ref().ok().map(|done| (done.message.seq, done.repeated));
    decision.outcomes.iter().map(place).collect()
}

#[test]
fn places_follow_each_other_and_refusals_take_none() {
    let mut stale = append(2, None);
    stale.access_version = 3;
    let mut elsewhere = append(3, None);
    elsewhere.room = room(2);
    let decision = decide(&[append(1, None), stale, elsewhere, append(4, None)], known(), false);
    assert_eq!(seqs(&decision), [Some((11, false)), None, None, Some((12, false))]);
    assert_eq!(decision.outcomes[1], Err(AppendError::AccessChanged));
    assert_eq!(decision.outcomes[2], Err(AppendError::RoomGone));
    assert_eq!(decision.heads, [(room(1), 12)]);
    assert_eq!(decision.new_messages().count(), 2);
}

#[test]
fn a_repeat_in_the_group_gets_the_first_result() {
    let decision =
        decide(&[append(1, Some("a")), append(2, Some("a")), append(3, Some("b"))], known(), false);
    assert_eq!(seqs(&decision), [Some((11, false)), Some((11, true)), Some((12, false))]);
    assert_eq!(
        decision.new_messages().map(|message| message.id).collect::<Vec<_>>(),
        [message(1), message(3)]
    );
}

#[test]
fn a_repeat_is_answered_even_after_access_was_lost() {
    let first = placed(&append(1, Some("a")), 5);
    let mut known = known();
    known.nonces.insert((first.author, Nonce::new("a".into()).unwrap()), first.clone());
    let mut again = append(2, Some("a"));
    again.access_version = 1;
    let decision = decide(&[again], known, false);
    assert_eq!(decision.outcomes, [Ok(Appended { message: first, repeated: true })]);
    assert!(decision.heads.is_empty());
}

#[test]
fn an_answer_needs_its_message_in_the_room() {
    let mut answer = append(2, None);
    answer.message.reply_to = Some(message(1));
    let decision = decide(&[answer.clone(), append(1, None), answer], known(), false);
    assert_eq!(decision.outcomes[0], Err(AppendError::ReplyNotFound));
    assert_eq!(seqs(&decision)[1..], [Some((11, false)), Some((12, false))]);
}

#[test]
fn the_planted_error_takes_a_repeat_for_a_new_send() {
    let decision = decide(&[append(1, Some("a")), append(2, Some("a"))], known(), true);
    assert_eq!(seqs(&decision), [Some((11, false)), Some((12, false))]);
}

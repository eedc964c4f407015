//! Appending on PostgreSQL: one statement for the whole group each, because there a round trip is what costs.

use deadpool_postgres::Transaction;
use parlor_model::{Message, Nonce};
use tokio_postgres::types::ToSql;

use super::{
    Append, Decision, INSERT_MESSAGES, KNOWN_NONCES, KNOWN_REPLIES, Known, LOCK_ROOMS, Outcome, PUT_HEADS,
    RoomState, decide,
};
use crate::error::Error;
use crate::postgres::execute::{rows_of, run_native};

/// Appends a group inside the open transaction. It holds the rows of the rooms until the transaction ends.
///
/// # Errors
/// If one statement fails, in which case the caller must roll the whole group back.
pub(crate) async fn append(
    transaction: &Transaction<'_>,
    appends: &[Append],
    ignore_nonces: bool,
) -> Result<Vec<Outcome>, Error> {
    let known = look_up(transaction, appends, ignore_nonces).await?;
    let decision = decide(appends, known, ignore_nonces);
    write(transaction, &decision).await?;
    Ok(decision.outcomes)
}

async fn look_up(
    transaction: &Transaction<'_>,
    appends: &[Append],
    ignore_nonces: bool,
) -> Result<Known, Error> {
    let mut known = Known::default();
    let mut rooms: Vec<&[u8]> = appends.iter().map(|append| append.room.as_bytes().as_slice()).collect();
    rooms.sort_unstable();
    rooms.dedup();
    // The rooms first: once they are held, no other group can add to them what the next statements would miss.
    let states = rows_of(transaction, &LOCK_ROOMS, &[&rooms], |columns| {
        Ok((columns.id()?, RoomState { head: columns.number()?, access_seq: columns.number()? }))
    })
    .await?;
    known.rooms = states.into_iter().collect();
    if !ignore_nonces {
        look_up_nonces(transaction, appends, &mut known).await?;
    }
    look_up_replies(transaction, appends, &mut known).await?;
    Ok(known)
}

async fn look_up_nonces(
    transaction: &Transaction<'_>,
    appends: &[Append],
    known: &mut Known,
) -> Result<(), Error> {
    let named =
        || appends.iter().filter_map(|append| Some((&append.message.author, append.message.nonce.as_ref()?)));
    let authors: Vec<&[u8]> = named().map(|(author, _)| author.as_bytes().as_slice()).collect();
    let nonces: Vec<&str> = named().map(|(_, nonce)| nonce.as_str()).collect();
    if nonces.is_empty() {
        return Ok(());
    }
    let found = rows_of(transaction, &KNOWN_NONCES, &[&authors, &nonces], crate::messages::read).await?;
    let name = |message: Message| Some(((message.author, message.nonce.clone()?), message));
    known.nonces = found.into_iter().filter_map(name).collect();
    Ok(())
}

async fn look_up_replies(
    transaction: &Transaction<'_>,
    appends: &[Append],
    known: &mut Known,
) -> Result<(), Error> {
    let answered = appends.iter().filter_map(|append| append.message.reply_to.as_ref());
    let replies: Vec<&[u8]> = answered.map(|reply| reply.as_bytes().as_slice()).collect();
    if replies.is_empty() {
        return Ok(());
    }
    let found =
        rows_of(transaction, &KNOWN_REPLIES, &[&replies], |columns| Ok((columns.id()?, columns.id()?)))
            .await?;
    known.replies = found.into_iter().collect();
    Ok(())
}

async fn write(transaction: &Transaction<'_>, decision: &Decision) -> Result<(), Error> {
    if decision.heads.is_empty() {
        return Ok(());
    }
    let new: Vec<&Message> = decision.new_messages().collect();
    let ids = column(&new, |message| message.id.as_bytes().as_slice());
    let rooms = column(&new, |message| message.room.as_bytes().as_slice());
    let seqs = column(&new, |message| message.seq.cast_signed());
    let authors = column(&new, |message| message.author.as_bytes().as_slice());
    let kinds = column(&new, |message| message.kind.as_str());
    let bodies = column(&new, |message| message.body.as_str());
    let nonces = column(&new, |message| message.nonce.as_ref().map(Nonce::as_str));
    let replies = column(&new, |message| message.reply_to.as_ref().map(|reply| reply.as_bytes().as_slice()));
    let times = column(&new, |message| message.sent_at.as_millis());
    let changed: Vec<&[u8]> = decision.heads.iter().map(|(room, _)| room.as_bytes().as_slice()).collect();
    let heads: Vec<i64> = decision.heads.iter().map(|(_, head)| head.cast_signed()).collect();
    let rows: &[&(dyn ToSql + Sync)] =
        &[&ids, &rooms, &seqs, &authors, &kinds, &bodies, &nonces, &replies, &times];
    let states: &[&(dyn ToSql + Sync)] = &[&changed, &heads];
    // Both are sent before the first answer comes. If the first fails, the second only says that it may not go on.
    let inserted = run_native(transaction, &INSERT_MESSAGES, rows);
    let (inserted, moved) = tokio::join!(inserted, run_native(transaction, &PUT_HEADS, states));
    inserted.and(moved)?;
    Ok(())
}

fn column<'m, T>(messages: &[&'m Message], value: impl Fn(&'m Message) -> T) -> Vec<T> {
    messages.iter().map(|message| value(message)).collect()
}

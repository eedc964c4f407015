//! Appending on PostgreSQL: one statement for the whole group each, and as many as possible on their way at the same
//! time, because there a round trip is what costs.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::{GenericClient, Transaction};
use parlor_model::{Message, MessageId, Nonce, RoomId, Seq, UserId};
use tokio_postgres::types::ToSql;

use super::{Fate, INSERT_MESSAGES, KNOWN_NONCES, KNOWN_REPLIES, LOCK_ROOMS, PUT_HEADS, Pending, RoomState};
use crate::error::{AppendError, Error};
use crate::postgres::execute::{Values, read_all, run_prepared, steered};

/// What the database knows of a group of appends.
#[derive(Debug, Default)]
struct Known {
    nonces: HashMap<(UserId, Nonce), First>,
    rooms: HashMap<RoomId, RoomState>,
    replies: HashSet<(RoomId, MessageId)>,
}

/// What a nonce led to.
#[derive(Debug)]
enum First {
    Stored(Box<Message>),
    /// The append at this place of the group.
    Here(usize),
}

/// The new head of each room that gets messages, in the order of their ids.
type Heads = Vec<(RoomId, Seq)>;

/// Appends a group inside the open transaction. It holds the rows of the rooms until the transaction ends.
///
/// # Errors
/// If one statement fails, in which case the caller must roll the whole group back.
pub(crate) async fn append(
    transaction: &Transaction<'_>,
    group: &mut [Pending],
    ignore_nonces: bool,
) -> Result<(), Error> {
    let known = look_up(transaction, group, ignore_nonces, async { Ok(()) }).await?;
    let heads = decide(group, known, ignore_nonces);
    write(transaction, group, &heads, async { Ok(()) }).await
}

/// Begins a transaction and decides a group in it, in one round trip.
///
/// # Errors
/// As [`append`]; the connection may be in a transaction then.
pub(crate) async fn begin(
    client: &impl GenericClient,
    group: &mut [Pending],
    ignore_nonces: bool,
) -> Result<Heads, Error> {
    let known = look_up(client, group, ignore_nonces, steered(client, "BEGIN")).await?;
    Ok(decide(group, known, ignore_nonces))
}

/// Writes what [`begin`] decided and commits it, in one round trip.
///
/// # Errors
/// As [`append`]; nothing of the group was kept, unless the connection was lost.
pub(crate) async fn commit(
    client: &impl GenericClient,
    group: &[Pending],
    heads: &Heads,
) -> Result<(), Error> {
    // If a statement fails, PostgreSQL takes COMMIT for ROLLBACK; and the statement's own error is what is returned.
    write(client, group, heads, steered(client, "COMMIT")).await
}

/// Writes what [`begin`] decided, and leaves the commit to the caller.
pub(crate) async fn write_only(
    client: &impl GenericClient,
    group: &[Pending],
    heads: &Heads,
) -> Result<(), Error> {
    write(client, group, heads, async { Ok(()) }).await
}

async fn look_up(
    client: &impl GenericClient,
    group: &[Pending],
    ignore_nonces: bool,
    begun: impl Future<Output = Result<(), Error>>,
) -> Result<Known, Error> {
    let mut rooms: Vec<&[u8]> = group.iter().map(|one| one.message.room.as_bytes().as_slice()).collect();
    rooms.sort_unstable();
    rooms.dedup();
    let asked = if ignore_nonces { &[] } else { group };
    let named = || asked.iter().filter_map(|one| Some((&one.message.author, one.message.nonce.as_ref()?)));
    let authors: Vec<&[u8]> = named().map(|(author, _)| author.as_bytes().as_slice()).collect();
    let nonces: Vec<&str> = named().map(|(_, nonce)| nonce.as_str()).collect();
    let answered = group.iter().filter_map(|one| one.message.reply_to.as_ref());
    let replies: Vec<&[u8]> = answered.map(|reply| reply.as_bytes().as_slice()).collect();
    let lock = Values::prepare(client, &LOCK_ROOMS, vec![&rooms]).await?;
    let names = Values::prepare(client, &KNOWN_NONCES, vec![&authors, &nonces]).await?;
    let answers = Values::prepare(client, &KNOWN_REPLIES, vec![&replies]).await?;
    let names = Some(&names).filter(|_| !nonces.is_empty());
    let answers = Some(&answers).filter(|_| !replies.is_empty());
    // The rooms first: once they are held, no other group can add to them what the next statements would miss. All are
    // sent in this order before the first answer comes.
    let (begun, states, names, answers) = tokio::join!(
        biased;
        begun,
        read_all(client, Some(&lock), |columns| {
            Ok((columns.id()?, RoomState { head: columns.number()?, access_seq: columns.number()? }))
        }),
        read_all(client, names, crate::messages::read),
        read_all(client, answers, |columns| Ok((columns.id()?, columns.id()?))),
    );
    begun?;
    let name =
        |message: Message| Some(((message.author, message.nonce.clone()?), First::Stored(Box::new(message))));
    Ok(Known {
        rooms: states?.into_iter().collect(),
        nonces: names?.into_iter().filter_map(name).collect(),
        replies: answers?.into_iter().collect(),
    })
}

/// Decides a group of appends in the order in which they came.
fn decide(group: &mut [Pending], mut known: Known, ignore_nonces: bool) -> Heads {
    let mut heads: HashMap<RoomId, Seq> = HashMap::new();
    for index in 0..group.len() {
        let name = group[index].message.nonce.clone().filter(|_| !ignore_nonces);
        let name = name.map(|nonce| (group[index].message.author, nonce));
        // The nonce comes first: a repeat is answered even if the sender has lost their place since.
        if let Some(first) = name.as_ref().and_then(|name| known.nonces.get(name)) {
            let message = match first {
                First::Stored(message) => message.clone(),
                First::Here(place) => Box::new(group[*place].message.clone()),
            };
            group[index].fate = Fate::Repeated(message);
            continue;
        }
        let pending = &mut group[index];
        let (room, reply) = (pending.message.room, pending.message.reply_to);
        let state = known.rooms.get_mut(&room);
        let refusal = pending.refused_by(state.as_deref().copied()).or_else(|| {
            let lost = reply.is_some_and(|reply| !known.replies.contains(&(room, reply)));
            lost.then_some(AppendError::ReplyNotFound)
        });
        match (refusal, state) {
            (None, Some(state)) => {
                state.head += 1;
                pending.place(state.head);
                heads.insert(room, state.head);
                known.replies.insert((room, pending.message.id));
                known.nonces.extend(name.map(|name| (name, First::Here(index))));
            }
            (refusal, _) => pending.fate = Fate::Refused(refusal.unwrap_or(AppendError::RoomGone)),
        }
    }
    let mut heads: Heads = heads.into_iter().collect();
    heads.sort_unstable();
    heads
}

async fn write(
    client: &impl GenericClient,
    group: &[Pending],
    heads: &Heads,
    ended: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    let new: Vec<&Message> =
        group.iter().filter(|one| one.fate == Fate::New).map(|one| &one.message).collect();
    if new.is_empty() {
        return ended.await;
    }
    let ids = column(&new, |message| message.id.as_bytes().as_slice());
    let rooms = column(&new, |message| message.room.as_bytes().as_slice());
    let seqs = column(&new, |message| message.seq.cast_signed());
    let authors = column(&new, |message| message.author.as_bytes().as_slice());
    let kinds = column(&new, |message| message.kind.as_str());
    let bodies = column(&new, |message| message.body.as_str());
    let nonces = column(&new, |message| message.nonce.as_ref().map(Nonce::as_str));
    let replies = column(&new, |message| message.reply_to.as_ref().map(|reply| reply.as_bytes().as_slice()));
    let times = column(&new, |message| message.sent_at.as_millis());
    let changed: Vec<&[u8]> = heads.iter().map(|(room, _)| room.as_bytes().as_slice()).collect();
    let places: Vec<i64> = heads.iter().map(|(_, head)| head.cast_signed()).collect();
    let rows: Vec<&(dyn ToSql + Sync)> =
        vec![&ids, &rooms, &seqs, &authors, &kinds, &bodies, &nonces, &replies, &times];
    let insert = Values::prepare(client, &INSERT_MESSAGES, rows).await?;
    let put = Values::prepare(client, &PUT_HEADS, vec![&changed, &places]).await?;
    // All are sent before the first answer comes. If one fails, the next only say that they may not go on.
    let (inserted, moved, ended) =
        tokio::join!(biased; run_prepared(client, &insert), run_prepared(client, &put), ended);
    inserted.and(moved)?;
    ended
}

fn column<'m, T>(messages: &[&'m Message], value: impl Fn(&'m Message) -> T) -> Vec<T> {
    messages.iter().map(|message| value(message)).collect()
}

#[cfg(test)]
mod tests;

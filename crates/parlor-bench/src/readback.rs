//! Reads a room back, after everything was said: over HTTP from both ends, and through a fresh connection.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use parlor_client::protocol::ResumePosition;
use parlor_client::{Client, Connection, HistoryCursor, Options};

use crate::history::{End, Entry, Fact, Facts, Reading, Told};

/// The largest page that the server gives.
const PAGE: usize = 200;
const DEADLINE: Duration = Duration::from_mins(1);

type Messages = Vec<(u64, Arc<Fact>)>;

/// Reads a room in all three ways, up to `head`.
///
/// # Errors
/// A request failed. What is wrong with the answers is for the checker to say.
pub async fn read_room(client: &Client, room: &Arc<str>, head: u64, facts: &Facts) -> Result<Vec<Reading>> {
    let forward = forward(client, room, 0, facts).await?;
    let backward = backward(client, room, facts).await?;
    let fresh = fresh_connection(client, room, head, facts).await?;
    let page = |messages| vec![Entry::Page { from: 0, to: head, messages }];
    let readings = [
        ("history from the start", page(forward)),
        ("history from the end", page(backward)),
        ("a fresh connection", fresh),
    ];
    Ok(readings
        .into_iter()
        .map(|(reader, entries)| Reading {
            reader: reader.to_owned(),
            room: Arc::clone(room),
            from: 0,
            end: End::AtLeast(head),
            entries,
        })
        .collect())
}

/// What a reader who was told to read anew gets over HTTP: everything after `from`, up to `to`.
///
/// # Errors
/// A request failed.
pub async fn catch_up(client: &Client, room: &str, from: u64, to: u64, facts: &Facts) -> Result<Entry> {
    let mut messages = forward(client, room, from, facts).await?;
    messages.retain(|(seq, _)| *seq <= to);
    Ok(Entry::Page { from, to, messages })
}

async fn forward(client: &Client, room: &str, from: u64, facts: &Facts) -> Result<Messages> {
    let (mut messages, mut last) = (Messages::new(), from);
    loop {
        let page = client.history(room, HistoryCursor::After(last), PAGE).await?;
        let Some(newest) = page.messages.last() else {
            return Ok(messages);
        };
        if newest.seq <= last {
            bail!("the history after {last} ends at {}", newest.seq);
        }
        last = newest.seq;
        messages.append(&mut facts.keep_all(page.messages));
    }
}

async fn backward(client: &Client, room: &str, facts: &Facts) -> Result<Messages> {
    let (mut pages, mut cursor) = (Vec::new(), HistoryCursor::Newest);
    loop {
        let page = client.history(room, cursor, PAGE).await?;
        let Some(oldest) = page.messages.first() else {
            return Ok(pages.into_iter().rev().flatten().collect());
        };
        if matches!(cursor, HistoryCursor::Before(seq) if oldest.seq >= seq) {
            bail!("the history before {cursor:?} begins at {}", oldest.seq);
        }
        cursor = HistoryCursor::Before(oldest.seq);
        pages.push(facts.keep_all(page.messages));
    }
}

/// Resumes from the very beginning, and follows what comes until `head`.
async fn fresh_connection(client: &Client, room: &str, head: u64, facts: &Facts) -> Result<Vec<Entry>> {
    let resume = vec![ResumePosition { room: room.to_owned(), seq: 0, epoch: None }];
    let options = Options { resume, ..Options::default() };
    let mut connection = Connection::open(client, options).await?;
    let (mut entries, mut position) = (Vec::new(), 0);
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while position < head {
        let frame = tokio::time::timeout_at(deadline, connection.next_event())
            .await
            .with_context(|| format!("a fresh connection was told {position} of {head} in {DEADLINE:?}"))?
            .context("a fresh connection was closed")?;
        let entry = match Told::of(frame, facts) {
            Told::Entry(of, entry) if of == room => entry,
            Told::Reset(of, to) if of == room => catch_up(client, room, position, to, facts).await?,
            _ => continue,
        };
        position = entry.position();
        entries.push(entry);
    }
    connection.close().await;
    Ok(entries)
}

//! Rooms and people: a host who makes rooms, and guests who join them. Guests cost the server no password.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::http::Http;
use crate::load::orders::Seat;

/// How many requests are on their way at once: so many go into one commit.
const AT_ONCE: usize = 96;

/// Who is where.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct People {
    /// Who made the rooms.
    pub host: String,
    /// The ids of the rooms.
    pub rooms: Vec<String>,
    /// The guests.
    pub seats: Vec<Seat>,
}

/// Makes so many rooms and guests. `rooms_of` says which rooms the guest of a number joins.
///
/// # Errors
/// The server refuses: it must let strangers register and guests in, and limit nobody's rate.
pub fn prepare(
    address: SocketAddr,
    rooms: usize,
    people: usize,
    rooms_of: impl Fn(usize) -> Vec<u32> + Sync,
) -> Result<People> {
    let mut http = Http::open(address)?;
    let tag = crate::load::now();
    let register = json!({"username": format!("host-{tag:x}"), "password": format!("a password of {tag:x}")});
    let host = http
        .call("POST", "/api/v1/auth/register", None, Some(&register))
        .context("the host can't register")?;
    let host = text(&host, "/token")?;
    let rooms = in_parallel(address, rooms, |http, number| {
        let room = json!({"name": format!("room {number} of {tag:x}"), "kind": "public"});
        text(&http.call("POST", "/api/v1/rooms", Some(&host), Some(&room))?, "/id")
    })?;
    let seats = in_parallel(address, people, |http, number| {
        let name = json!({"display_name": format!("Guest {number}")});
        let guest = http.call("POST", "/api/v1/auth/guest", None, Some(&name))?;
        let seat = Seat { token: text(&guest, "/token")?, rooms: rooms_of(number), small: false };
        for room in &seat.rooms {
            let path = format!("/api/v1/rooms/{}/join", rooms[*room as usize]);
            http.call("POST", &path, Some(&seat.token), None)?;
        }
        Ok(seat)
    })?;
    Ok(People { host, rooms, seats })
}

/// The newest places of all rooms.
pub fn heads(address: SocketAddr, people: &People) -> Result<Vec<(u32, u64)>> {
    let answer = Http::open(address)?.call("GET", "/api/v1/rooms", Some(&people.host), None)?;
    let rooms = answer.pointer("/rooms").and_then(Value::as_array).context("there is no list of rooms")?;
    let head_of = |id: &String| {
        let room = rooms.iter().find(|room| room["id"] == id.as_str())?;
        room["head"].as_u64()
    };
    let heads: Option<Vec<u64>> = people.rooms.iter().map(head_of).collect();
    Ok((0..).zip(heads.context("a room is not in the list")?).collect())
}

/// The host says something in a room.
pub fn say(address: SocketAddr, people: &People, rooms: &[u32], body: &str) -> Result<()> {
    let said = in_parallel(address, rooms.len(), |http, number| {
        let path = format!("/api/v1/rooms/{}/messages", people.rooms[rooms[number] as usize]);
        http.call("POST", &path, Some(&people.host), Some(&json!({ "body": body })))
    })?;
    drop(said);
    Ok(())
}

/// Does something for each number below `count`, over many connections. The results are in order.
fn in_parallel<T: Send>(
    address: SocketAddr,
    count: usize,
    task: impl Fn(&mut Http, usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    let work = || -> Result<()> {
        let mut http = Http::open(address)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(());
            }
            let result = task(&mut http, number)?;
            done.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE.min(count)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    Ok(text.with_context(|| format!("the answer has no {pointer}"))?.to_owned())
}

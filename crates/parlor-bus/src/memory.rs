//! The bus of a single node: what was told and not yet heard by everybody, in memory. Each listener reads at its own
//! pace; one that is too slow loses the oldest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_model::{Change, RoomEvent};
use tokio::sync::Notify;

use crate::{Bus, Delivery, Notice};

/// How many notices a listener may be behind before it is told [`Delivery::Lagged`].
const CAPACITY: usize = 16_384;
/// How many bytes the notices may hold that somebody has not heard yet, before the slowest are told the same. One notice
/// may be larger than that; it is kept alone.
const CAPACITY_BYTES: usize = 32 << 20;

/// A bus within one process.
#[derive(Debug)]
pub struct MemoryBus(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    stream: Mutex<Stream>,
    /// Wakes the listeners. Told while the lock is held, so that no listener can miss it between looking and waiting.
    news: Notify,
    capacity: usize,
    capacity_bytes: usize,
}

/// What was told, numbered from 0.
#[derive(Debug, Default)]
struct Stream {
    notices: VecDeque<(Notice, usize)>,
    /// The number of the first of them.
    first: u64,
    bytes: usize,
    /// The number that each listener hears next.
    listeners: HashMap<u64, u64>,
    next_listener: u64,
    closed: bool,
}

impl Stream {
    /// The number that the next notice will have.
    fn end(&self) -> u64 {
        self.first + self.notices.len() as u64
    }

    fn drop_first(&mut self) {
        if let Some((_, bytes)) = self.notices.pop_front() {
            self.first += 1;
            self.bytes -= bytes;
        }
    }

    /// Lets go what everybody has heard.
    fn drop_heard(&mut self) {
        let slowest = self.listeners.values().copied().min().unwrap_or(u64::MAX);
        while self.first < slowest && !self.notices.is_empty() {
            self.drop_first();
        }
    }
}

impl Shared {
    fn stream(&self) -> MutexGuard<'_, Stream> {
        // Nothing panics while the lock is held, except where memory is used up, which ends the process.
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next delivery of a listener, if there is one.
    fn take(&self, listener: u64) -> Option<Delivery> {
        let mut guard = self.stream();
        let stream = &mut *guard;
        let next = stream.listeners.get_mut(&listener)?;
        if *next < stream.first {
            *next = stream.first;
            return Some(Delivery::Lagged);
        }
        let index = usize::try_from(*next - stream.first).unwrap_or(usize::MAX);
        let Some((notice, _)) = stream.notices.get(index) else {
            return stream.closed.then_some(Delivery::Closed);
        };
        let notice = notice.clone();
        *next += 1;
        stream.drop_heard();
        Some(Delivery::Notice(notice))
    }
}

/// A listener's place in the stream of notices.
#[derive(Debug)]
pub struct Subscription {
    shared: Arc<Shared>,
    number: u64,
}

impl MemoryBus {
    /// A bus that nobody listens to yet.
    pub fn new() -> Self {
        Self::with_bounds(CAPACITY, CAPACITY_BYTES)
    }

    /// The same, with room for `capacity` notices.
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_bounds(capacity, CAPACITY_BYTES)
    }

    /// The same, with room for `capacity` notices that hold about `capacity_bytes`.
    pub fn with_bounds(capacity: usize, capacity_bytes: usize) -> Self {
        let (stream, news) = (Mutex::default(), Notify::new());
        Self(Arc::new(Shared { stream, news, capacity, capacity_bytes }))
    }
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for MemoryBus {
    fn publish(&self, notice: Notice) {
        let bytes = weight(&notice);
        let mut stream = self.0.stream();
        // What nobody listens to is lost, as the contract allows.
        if stream.listeners.is_empty() {
            return;
        }
        stream.notices.push_back((notice, bytes));
        stream.bytes += bytes;
        let too_many = |stream: &Stream| {
            stream.notices.len() > self.0.capacity
                || (stream.bytes > self.0.capacity_bytes && stream.notices.len() > 1)
        };
        while too_many(&stream) {
            stream.drop_first();
        }
        self.0.news.notify_waiters();
    }

    fn subscribe(&self) -> Subscription {
        let mut stream = self.0.stream();
        let (number, next) = (stream.next_listener, stream.end());
        stream.next_listener += 1;
        stream.listeners.insert(number, next);
        Subscription { shared: Arc::clone(&self.0), number }
    }
}

impl Drop for MemoryBus {
    fn drop(&mut self) {
        self.0.stream().closed = true;
        self.0.news.notify_waiters();
    }
}

impl Subscription {
    /// Waits for the next delivery. May be dropped and called again without losing one.
    pub async fn next(&mut self) -> Delivery {
        loop {
            let mut news = std::pin::pin!(self.shared.news.notified());
            // From here on it is woken by whatever is told, so looking now can't miss anything.
            news.as_mut().enable();
            if let Some(delivery) = self.shared.take(self.number) {
                return delivery;
            }
            news.await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut stream = self.shared.stream();
        stream.listeners.remove(&self.number);
        stream.drop_heard();
    }
}

/// The memory that a notice holds, near enough to bound it.
fn weight(notice: &Notice) -> usize {
    match notice {
        Notice::Rooms(events) => events.iter().map(weight_of_event).sum(),
        Notice::SessionEnded(_) | Notice::Read { .. } => size_of::<Notice>(),
    }
}

fn weight_of_event(event: &RoomEvent) -> usize {
    let text = match &event.change {
        Change::MessageCreated(message) | Change::MessageEdited(message) => message.body.as_str().len(),
        _ => 0,
    };
    size_of::<RoomEvent>() + text
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_model::SessionId;

    fn notice(byte: u8) -> Notice {
        Notice::SessionEnded(SessionId::from_bytes([byte; 16]))
    }

    fn byte(delivery: &Delivery) -> Option<u8> {
        match delivery {
            Delivery::Notice(Notice::SessionEnded(session)) => Some(session.as_bytes()[0]),
            _ => None,
        }
    }

    #[tokio::test]
    async fn every_listener_hears_everything_in_order() {
        let bus = MemoryBus::new();
        let mut listeners = [bus.subscribe(), bus.subscribe()];
        for number in 0..10 {
            bus.publish(notice(number));
        }
        for listener in &mut listeners {
            for number in 0..10 {
                assert_eq!(byte(&listener.next().await), Some(number));
            }
        }
    }

    #[tokio::test]
    async fn a_slow_listener_is_told_and_goes_on() {
        let bus = MemoryBus::with_capacity(4);
        let mut listener = bus.subscribe();
        for number in 0..10 {
            bus.publish(notice(number));
        }
        assert!(matches!(listener.next().await, Delivery::Lagged));
        assert_eq!(byte(&listener.next().await), Some(6));
    }

    #[tokio::test]
    async fn bytes_are_bounded_too() {
        let bus = MemoryBus::with_bounds(1_000, 3 * size_of::<Notice>());
        let (mut slow, mut quick) = (bus.subscribe(), bus.subscribe());
        for number in 0..10 {
            bus.publish(notice(number));
            assert_eq!(byte(&quick.next().await), Some(number));
        }
        assert_eq!(bus.0.stream().notices.len(), 3);
        assert!(matches!(slow.next().await, Delivery::Lagged));
        assert_eq!(byte(&slow.next().await), Some(7));
    }

    #[tokio::test]
    async fn nothing_is_kept_that_everybody_heard() {
        let bus = MemoryBus::new();
        bus.publish(notice(0));
        let (mut one, other) = (bus.subscribe(), bus.subscribe());
        bus.publish(notice(1));
        assert_eq!(byte(&one.next().await), Some(1));
        assert_eq!(bus.0.stream().notices.len(), 1);
        drop(other);
        let stream = bus.0.stream();
        assert_eq!((stream.notices.len(), stream.bytes), (0, 0));
    }

    #[tokio::test]
    async fn a_listener_that_waits_is_woken() {
        let bus = MemoryBus::new();
        let mut listener = bus.subscribe();
        let waiting = tokio::spawn(async move { listener.next().await });
        tokio::task::yield_now().await;
        bus.publish(notice(3));
        assert_eq!(byte(&waiting.await.unwrap()), Some(3));
    }

    #[tokio::test]
    async fn the_end_of_the_bus_is_told() {
        let bus = MemoryBus::new();
        let mut listener = bus.subscribe();
        bus.publish(notice(1));
        drop(bus);
        assert_eq!(byte(&listener.next().await), Some(1));
        assert!(matches!(listener.next().await, Delivery::Closed));
    }
}

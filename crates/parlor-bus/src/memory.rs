//! The bus of a single node: a bounded ring in memory that every listener reads at its own pace.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::{Bus, Delivery, Notice};

/// How many notices a listener may be behind before it is told [`Delivery::Lagged`]. A notice is a pointer.
const CAPACITY: usize = 16_384;

/// A bus within one process.
#[derive(Debug, Clone)]
pub struct MemoryBus(broadcast::Sender<Notice>);

/// A listener's place in the stream of notices.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Notice>);

impl MemoryBus {
    /// A bus that nobody listens to yet.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// The same, with room for `capacity` notices.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(broadcast::Sender::new(capacity))
    }
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for MemoryBus {
    fn publish(&self, notice: Notice) {
        // An error means that nobody listens, which is not the publisher's concern.
        let _ = self.0.send(notice);
    }

    fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }
}

impl Subscription {
    /// Waits for the next delivery. May be dropped and called again without losing one.
    pub async fn next(&mut self) -> Delivery {
        match self.0.recv().await {
            Ok(notice) => Delivery::Notice(notice),
            Err(RecvError::Lagged(_)) => Delivery::Lagged,
            Err(RecvError::Closed) => Delivery::Closed,
        }
    }
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
    async fn the_end_of_the_bus_is_told() {
        let bus = MemoryBus::new();
        let mut listener = bus.subscribe();
        drop(bus);
        assert!(matches!(listener.next().await, Delivery::Closed));
    }
}

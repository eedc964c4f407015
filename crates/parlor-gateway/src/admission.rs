//! The door: how many connections there are, of whom, and whether more may come. Counting only.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_core::limits::Whose;
use parlor_model::Refusal;
use tokio::sync::Notify;

use crate::metrics::Metrics;

/// When to try again if an address has too many connections.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Counts connections.
#[derive(Debug)]
pub(crate) struct Door {
    max_per_address: Option<usize>,
    state: Mutex<State>,
    emptied: Notify,
    metrics: Metrics,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    inside: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection that is counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    door: Arc<Door>,
    address: Option<IpAddr>,
}

impl Door {
    /// An open door. `None` lifts the limit per address.
    pub(crate) fn new(max_per_address: Option<usize>, metrics: Metrics) -> Self {
        Self { max_per_address, state: Mutex::default(), emptied: Notify::new(), metrics }
    }

    /// Lets a connection in.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] while the server stops, [`Refusal::RateLimited`] if the address has too many.
    pub(crate) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Admitted, Refusal> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refusal::Unavailable { retry_after: RETRY_AFTER });
        }
        if let Some(address) = address {
            let count = state.by_address.entry(address).or_default();
            if self.max_per_address.is_some_and(|max| *count >= max) {
                return Err(Refusal::RateLimited { retry_after: RETRY_AFTER });
            }
            *count += 1;
        }
        state.inside += 1;
        self.metrics.connections.inc();
        Ok(Admitted { door: Arc::clone(self), address })
    }

    /// Lets nobody in any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    /// True if nobody is let in any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waits until everybody has left.
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.inside() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// How many connections there are.
    pub(crate) fn inside(&self) -> usize {
        self.lock().inside
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admitted {
    /// On whose account is what the connection takes.
    pub(crate) fn whose(&self) -> Whose {
        self.address.map_or(Whose::NOBODY, Whose::at)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut state = self.door.lock();
        state.inside -= 1;
        if let Some(address) = self.address
            && let Some(count) = state.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                state.by_address.remove(&address);
            }
        }
        self.door.metrics.connections.dec();
        self.door.emptied.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const ONE: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    const OTHER: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::BROADCAST));

    #[test]
    fn an_address_has_its_number_and_gets_it_back() {
        let door = Arc::new(Door::new(Some(2), Metrics::default()));
        let first = door.admit(ONE).unwrap();
        let _second = door.admit(ONE).unwrap();
        assert!(matches!(door.admit(ONE), Err(Refusal::RateLimited { .. })));
        assert!(door.admit(OTHER).is_ok() && door.admit(None).is_ok());
        drop(first);
        assert!(door.admit(ONE).is_ok());
    }

    #[tokio::test]
    async fn a_closed_door_lets_out_only() {
        let door = Arc::new(Door::new(None, Metrics::default()));
        let admitted = door.admit(ONE).unwrap();
        door.close();
        assert!(matches!(door.admit(ONE), Err(Refusal::Unavailable { .. })));
        let waiting = tokio::spawn({
            let door = Arc::clone(&door);
            async move { door.emptied().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(admitted);
        waiting.await.unwrap();
        assert!(door.lock().by_address.is_empty());
    }
}

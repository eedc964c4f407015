//! What the gateway can't do without: threads and tasks whose panic means that the server must end, because sockets would
//! go on being handed to what is not there any more.

use tokio::sync::watch;

/// Where those who panic are named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vitals(watch::Sender<Option<String>>);

/// Held by a thread or a task for as long as it runs.
#[derive(Debug)]
pub(crate) struct Vital {
    name: String,
    vitals: Vitals,
}

impl Vitals {
    /// For a thread or task of that name.
    pub(crate) fn of(&self, name: impl Into<String>) -> Vital {
        Vital { name: name.into(), vitals: self.clone() }
    }

    /// Waits until one has panicked. Never returns if that does not come.
    pub(crate) async fn failed(&self) -> String {
        let mut failed = self.0.subscribe();
        loop {
            if let Some(name) = failed.borrow_and_update().clone() {
                return name;
            }
            // A sender is here.
            let _ = failed.changed().await;
        }
    }
}

impl Vital {
    /// A task that is as vital as this.
    pub(crate) async fn during(self, task: impl Future<Output = ()>) {
        task.await;
    }
}

impl Drop for Vital {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.vitals.0.send_replace(Some(std::mem::take(&mut self.name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_by_name() {
        let vitals = Vitals::default();
        tokio::spawn(vitals.of("one that ends").during(async {})).await.unwrap();
        let thread = vitals.of("shard-3");
        let ended = std::thread::spawn(move || {
            let _vital = thread;
            panic!("on purpose");
        });
        assert!(ended.join().is_err());
        assert_eq!(vitals.failed().await, "shard-3");
        assert!(tokio::spawn(vitals.of("hub").during(async { panic!("on purpose") })).await.is_err());
        assert_eq!(vitals.failed().await, "hub");
    }
}

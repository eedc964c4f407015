//! The signals that end the server: the first SIGTERM or SIGINT asks it to stop, the second ends it at once.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// A repeat within this time is the same request: some launchers send a signal to the process and again to its group.
const ECHO: Duration = Duration::from_millis(500);

/// The signals that mean “stop”.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes the signals over: from here on they no longer end the process by themselves.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next one and says which it was.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }

    /// Waits for the one after the first, which just came.
    pub(super) async fn second(&mut self) -> &'static str {
        let first = tokio::time::Instant::now();
        loop {
            let signal = self.next().await;
            if first.elapsed() > ECHO {
                return signal;
            }
        }
    }
}

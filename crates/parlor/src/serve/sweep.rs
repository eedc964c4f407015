//! Ends the sessions whose time is over, also for those who are connected in their name.

use std::time::Duration;

use parlor_bus::Notice;

use super::parts::Parts;

/// How often.
const EVERY: Duration = Duration::from_mins(10);

/// Sweeps for ever.
pub(super) async fn sweep(parts: Parts) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        match parts.identity.sweep_sessions().await {
            Ok(ended) => {
                tracing::debug!(sessions = ended.len(), "ended sessions whose time was over");
                for session in ended {
                    parts.core.bus().publish(Notice::SessionEnded(session));
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, "sessions could not be swept; the next sweep tries again");
            }
        }
    }
}

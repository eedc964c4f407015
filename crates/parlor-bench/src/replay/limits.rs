//! What the machine and the server allow.

use std::time::Duration;

use anyhow::{Result, ensure};
use parlor_client::Error;
use parlor_client::protocol::ErrorCode;
use rustix::process::{Resource, getrlimit};

/// Descriptors that are needed for other things than connections.
const SPARE: u64 = 100;

/// Checks that this process may open so many connections.
pub(super) fn check_descriptors(connections: usize) -> Result<()> {
    let needed = u64::try_from(connections)? + SPARE;
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    ensure!(needed <= allowed, "this needs {needed} descriptors and {allowed} are allowed: see `ulimit -n`");
    Ok(())
}

/// Repeats a call while the server says that it comes too fast; counts how often.
pub(super) async fn patiently<T>(
    waits: &mut usize,
    mut call: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    loop {
        match call().await {
            Err(Error::Api { error, .. })
                if matches!(error.code, ErrorCode::RateLimited | ErrorCode::Busy) =>
            {
                *waits += 1;
                let seconds = error.retry_after.unwrap_or(1.0).clamp(0.01, 60.0);
                tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            }
            outcome => return outcome,
        }
    }
}

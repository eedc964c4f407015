//! The clock: tokens and invitations expire by it, and people read it beside messages.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use parlor_model::Timestamp;

use super::report::Check;
use crate::config::Configuration;

const NAME: &str = "clock";
const ADVICE: &str = "Set the clock, and let the system keep it (timedatectl set-ntp true).";

/// 2026-01-01: this program did not exist before.
const BEGINNING: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// Files may seem younger than now by this much: disks round, and other machines share them.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Compares the clock with what must have been before now: this program, and the files in the data folder.
pub(super) fn examine(configuration: &Configuration, now: Timestamp) -> Check {
    judge(now, newest(&configuration.server.data_dir))
}

fn judge(now: Timestamp, newest: Option<Timestamp>) -> Check {
    if now < BEGINNING {
        return Check::problem(NAME, format!("it says {now}, which is long ago"), ADVICE);
    }
    match newest {
        Some(newest) if newest > now.after(TOLERANCE) => {
            let message = format!("it says {now}, but a file in the data folder was written at {newest}");
            Check::warning(NAME, message, ADVICE)
        }
        _ => Check::ok(NAME, format!("it says {now}")),
    }
}

/// When a file in the folder was last written.
fn newest(folder: &Path) -> Option<Timestamp> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let written =
        files.filter_map(|file| file.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    let millis = i64::try_from(written.max()?.as_millis()).ok()?;
    Some(Timestamp::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::super::report::Status;
    use super::*;

    #[test]
    fn a_clock_that_is_behind_is_noticed() {
        let now = BEGINNING.after(Duration::from_hours(24));
        assert_eq!(judge(now, None).status, Status::Ok);
        assert_eq!(judge(now, Some(now.after(Duration::from_mins(1)))).status, Status::Ok);
        assert_eq!(judge(now, Some(now.after(Duration::from_mins(6)))).status, Status::Warning);
        assert_eq!(judge(Timestamp::from_millis(0), None).status, Status::Problem);
    }

    #[test]
    fn the_newest_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(folder.path()), None);
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(newest(folder.path()).unwrap() > BEGINNING);
    }
}

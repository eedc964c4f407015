//! `[sessions]`: how long a device stays signed in.

use crate::config::section::section;
use crate::config::value::{Count, Period};

section! {
    /// How devices sign in, and how long they stay signed in.
    ["sessions"] Sessions {
        /// A session ends when it was not used for so long.
        lifetime: Period<3_600, 31_536_000> = Period(30 * 86_400), "PARLOR_SESSIONS_LIFETIME";
        /// How many passwords are hashed at the same time. Each takes 46 MiB of memory and a core.
        concurrent_hashes: Count<1, 64> = Count(2), "PARLOR_SESSIONS_CONCURRENT_HASHES";
        /// How many more wait for that. Further ones get the error `busy`. Those who come from where somebody has signed in to
        /// the account before have as many places of their own.
        queued_hashes: Count<1, 10_000> = Count(64), "PARLOR_SESSIONS_QUEUED_HASHES";
    }
}

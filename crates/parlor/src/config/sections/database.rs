//! `[database]`: what keeps the data.

use crate::config::section::section;
use crate::config::value::{Count, Secret};

section! {
    /// What keeps the data. Without a `url` it is SQLite, in the data folder.
    ["database"] Database {
        /// A PostgreSQL database to use instead of SQLite: `postgres://user:password@host/database`. One server at a
        /// time uses it. To keep the password out of this file, set `url_file` (or `PARLOR_DATABASE_URL_FILE`) to the
        /// path of a file that holds the URL.
        url: Option<Secret> = None, "PARLOR_DATABASE_URL", example "postgres://parlor:secret@localhost/parlor";
        /// How many connections read at the same time.
        readers: Count<1, 64> = Count(4), "PARLOR_DATABASE_READERS";
        /// How many writes, and how many reads, may wait for the database. Further ones get the error `busy`.
        queue: Count<16, 1_000_000> = Count(4_096), "PARLOR_DATABASE_QUEUE";
        /// How many bytes the messages may hold that wait for the database, or are being committed. For further ones the
        /// answer is `busy`.
        queue_bytes: Count<65_536, 1_073_741_824> = Count(16_777_216), "PARLOR_DATABASE_QUEUE_BYTES";
        /// How many writes one commit takes at most. Writes that wait at the same time share a commit, and so the price
        /// of a sync.
        batch: Count<1, 4_096> = Count(1_024), "PARLOR_DATABASE_BATCH";
    }
}

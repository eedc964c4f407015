//! What the store keeps when the disk fails it: power cuts, failed syncs, no space. SQLite's files go through a disk of
//! our own (`disk.rs`), so that each failure comes where a case wants it.

#![expect(clippy::unwrap_used, reason = "a test ends at its first surprise")]

mod disk;
mod failed_sync;
mod flips;
mod full;
mod large_writes;
mod power_loss;
mod support;
mod vfs;

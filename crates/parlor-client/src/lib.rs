//! Rust client for Parlor: bots, tests and the load generator.

//! Use cases: one file an action, and all the rules.

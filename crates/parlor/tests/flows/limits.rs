//! Each budget holds: whoever takes as much as they can of something leaves the others theirs. One file for each thing that
//! can be taken.

mod answers;
mod bodies;
mod catch_ups;
mod connections;
mod stranger;

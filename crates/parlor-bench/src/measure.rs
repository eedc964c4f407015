//! What the kernel knows of processes and of the machine: processor time, memory, load.

pub mod machine;
pub mod process;

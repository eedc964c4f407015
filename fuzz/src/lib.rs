//! What the targets run. It is all compiled from where it lives: the codec and its properties from the gateway, the
//! commands' properties from the tests of the protocol.

/// The gateway's folder, of which only the codec is taken.
#[path = "../../crates/parlor-gateway/src"]
mod gateway {
    pub mod codec;
}
pub use gateway::codec;

#[path = "../../crates/parlor-protocol/tests/properties/mod.rs"]
mod commands;
#[path = "../../crates/parlor-gateway/src/codec/properties.rs"]
mod frames;

/// Checks what a client may send after the handshake.
pub fn check_frames(input: &[u8]) {
    frames::check(input);
}

/// Checks what a client may say in a frame.
pub fn check_commands(input: &[u8]) {
    commands::check(input);
}

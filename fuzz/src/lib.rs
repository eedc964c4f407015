//! What the targets run. It is all compiled from where it lives: the codec and its properties from the gateway, the
//! renderer and its properties from the core, the commands' properties from the tests of the protocol.

/// The gateway's folder, of which only the codec is taken.
#[path = "../../crates/parlor-gateway/src"]
mod gateway {
    pub mod codec;
}
pub use gateway::codec;

/// The core's folder, of which only the renderer is taken.
#[path = "../../crates/parlor-core/src"]
mod renderer {
    pub mod markdown;
}
pub use renderer::markdown;

#[path = "../../crates/parlor-protocol/tests/properties/mod.rs"]
mod commands;
#[path = "../../crates/parlor-gateway/src/codec/properties.rs"]
mod frames;
#[path = "../../crates/parlor-core/src/markdown/properties.rs"]
mod texts;

/// Checks what a client may send after the handshake.
pub fn check_frames(input: &[u8]) {
    frames::check(input);
}

/// Checks what a client may say in a frame.
pub fn check_commands(input: &[u8]) {
    commands::check(input);
}

/// Checks what becomes of a text.
pub fn check_markdown(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        texts::check(text);
    }
}

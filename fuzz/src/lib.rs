//! What the targets run. It is all compiled from where it lives: the codec and its properties from the gateway, the
//! commands' properties from the tests of the protocol.

/// The gateway's folder, of which only the codec is taken.
#[path = "../../crates/parlor-gateway/src"]
mod gateway {
    pub mod codec;
}
pub use gateway::codec;

#[path = "../../crates/parlor-protocol/tests/properties/mod.rs"]
pub mod commands;
#[path = "../../crates/parlor-gateway/src/codec/properties.rs"]
pub mod frames;

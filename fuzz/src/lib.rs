//! What the targets run. It is all compiled from where it lives: the codec and its properties from the gateway, the
//! commands' properties from the tests of the protocol.

#[path = "../../crates/parlor-gateway/src/codec.rs"]
pub mod codec;
#[path = "../../crates/parlor-protocol/tests/properties/mod.rs"]
pub mod commands;
#[path = "../../crates/parlor-gateway/src/codec/properties.rs"]
pub mod frames;

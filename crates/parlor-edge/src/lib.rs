//! What HTTP and the WebSocket share: from where a request comes, whether a page of ours sent it, which host it names, and
//! the headers that every answer has. No routes, and no rules about who may do what.

mod answer;
mod client_address;
mod edge;
mod guard;
mod host;
mod network;
mod notice;
mod origin;

pub use answer::answer;
pub use client_address::ClientAddress;
pub use edge::Edge;
pub use guard::guard;
pub use network::{InvalidNetwork, Network};

//! Messages: saying something, changing it, taking it back, and reading what was said.

mod changes;
mod delete;
mod edit;
mod history;
mod outbox;
mod send;
mod send_many;

pub use changes::ChangesPage;
pub use history::{Cursor, History};
pub use outbox::{Outbox, Sent};
pub use send::SendMessage;

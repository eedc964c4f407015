//! The way from a commit to the sockets without either, for `cargo xtask counts`: what happened is encoded, the shard
//! looks, and each connection's next write is put together. Nobody else has a use for it.

use std::io::IoSlice;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use parlor_core::{ChangesPage, Error, Renderings};
use parlor_model::{
    Body, Change, Message, MessageId, MessageKind, Room, RoomEvent, RoomId, RoomKind, RoomName, Seq, Slug,
    Timestamp, Topic, UserId, WorkspaceId,
};
use parlor_protocol::Follow;

use crate::hub::Hub;
use crate::hub::log::Log;
use crate::hub::ring::Budget;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::session::delivery::{Delivery, Desk};
use crate::session::outgoing::Outgoing;
use crate::shard::Shards;
use crate::shard::batch::Batch;
use crate::shard::mailbox::{Letter, Mailbox};
use crate::shard::rooms::Rooms;
use crate::wire::Wire;

const ROOM: RoomId = RoomId::from_bytes([1; 16]);
const AUTHOR: UserId = UserId::from_bytes([2; 16]);

/// A room with readers who are never behind.
pub struct FanOut {
    hub: Arc<Hub>,
    mailbox: Arc<Mailbox>,
    rooms: Rooms,
    letters: Vec<Letter>,
    readers: Vec<Delivery>,
    batch: Batch,
    outgoing: Outgoing,
    metrics: Metrics,
    head: Seq,
}

impl FanOut {
    /// A room with so many readers. Must be called within a tokio runtime, which never has to run.
    ///
    /// # Panics
    /// If the system has no descriptors left.
    #[expect(clippy::expect_used, reason = "a count that can't begin may end like this")]
    pub fn new(readers: u32) -> Self {
        let mailboxes = Shards::prepare(1).expect("a descriptor").mailboxes();
        let mailbox = Arc::clone(&mailboxes[0]);
        let metrics = Metrics::default();
        let hub = Hub::new(Arc::new(Nothing::default()), mailboxes, Options::default(), metrics.clone());
        let hub = Arc::new(hub);
        let mut rooms = Rooms::new(0, Arc::clone(&hub));
        let room = room();
        let begin = |connection| {
            let mut reader = Delivery::new(connection, AUTHOR, Follow::All);
            reader.begin(&room, 0, true, &mut rooms);
            reader
        };
        let readers = (0..readers).map(begin).collect();
        let (letters, batch, outgoing) = (Vec::new(), Batch::default(), Outgoing::default());
        Self { hub, mailbox, rooms, letters, readers, batch, outgoing, metrics, head: 0 }
    }

    /// Something was said.
    pub fn tell(&mut self, text: &str) {
        self.head += 1;
        let seq = self.head;
        let mut id = [0; 16];
        id[8..].copy_from_slice(&seq.to_be_bytes());
        let message = Message {
            id: MessageId::from_bytes(id),
            room: ROOM,
            seq,
            changed_seq: seq,
            author: AUTHOR,
            kind: MessageKind::Text,
            body: Body::stored(text.to_owned()),
            nonce: None,
            reply_to: None,
            sent_at: Timestamp::default(),
            edited_at: None,
            deleted_at: None,
        };
        let (at, change) = (message.sent_at, Change::MessageCreated(message));
        self.hub.take_event(&RoomEvent { room: ROOM, seq, at, change });
    }

    /// Puts together what goes to each reader as a shard does, as if a socket took it all. Answers how many bytes that is.
    pub fn flush(&mut self) -> usize {
        self.mailbox.take(&mut self.letters);
        for letter in self.letters.drain(..) {
            if let Letter::Moved(feed) = letter {
                self.rooms.look(&feed);
            }
        }
        let mut bytes = 0;
        for reader in &mut self.readers {
            reader.mark(0);
            self.batch.clear();
            reader.gather(&self.rooms, &mut Budget { frames: 64, bytes: usize::MAX }, &mut self.batch);
            let mut slices = [IoSlice::new(&[]); 64];
            for (slice, piece) in slices.iter_mut().zip(&self.batch.pieces) {
                if let Some(frame) = piece.frame(Wire::default(), &self.outgoing, &self.rooms) {
                    *slice = IoSlice::new(frame.as_bytes());
                }
            }
            bytes += std::hint::black_box(&slices).iter().map(|slice| slice.len()).sum::<usize>();
            let mut desk = Desk { rooms: &mut self.rooms, outgoing: &mut self.outgoing };
            let written = self.batch.pieces.len();
            reader.commit(&self.metrics, &self.batch, written, &mut desk);
        }
        bytes
    }
}

fn room() -> Room {
    let name = RoomName::stored("Room".to_owned());
    Room {
        id: ROOM,
        workspace: WorkspaceId::from_bytes([3; 16]),
        slug: Slug::from_name(&name, None),
        name,
        kind: RoomKind::Public,
        topic: Topic::default(),
        head: 0,
        access_seq: 0,
        changed_seq: 0,
        epoch: 1,
        member_count: 0,
        created_at: Timestamp::default(),
    }
}

/// A store in which nothing is, and which nobody asks.
#[derive(Default)]
struct Nothing(Renderings);

impl Log for Nothing {
    fn renderings(&self) -> &Renderings {
        &self.0
    }

    fn heads(&self, _: Vec<RoomId>) -> BoxFuture<'_, Result<Vec<(RoomId, Seq)>, Error>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn page(&self, _: RoomId, _: Seq, _: usize) -> BoxFuture<'_, Result<ChangesPage, Error>> {
        Box::pin(std::future::pending())
    }
}

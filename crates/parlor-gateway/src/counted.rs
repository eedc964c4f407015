//! The way from a commit to the sockets without either, for `cargo xtask counts`: what happened is encoded, the shard
//! looks, and each connection's next write is put together. Nobody else has a use for it.

use std::io::IoSlice;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use parlor_core::{ChangesPage, Error};
use parlor_model::{
    Body, Change, Message, MessageId, MessageKind, RoomEvent, RoomId, Seq, Timestamp, UserId,
};

use crate::hub::Hub;
use crate::hub::log::Log;
use crate::hub::ring::{Budget, Stop};
use crate::metrics::Metrics;
use crate::options::Options;
use crate::shard::Shards;
use crate::shard::mailbox::{Letter, Mailbox};
use crate::shard::rooms::{Rooms, Subscriber};
use crate::wire::Wire;

const ROOM: RoomId = RoomId::from_bytes([1; 16]);
const AUTHOR: UserId = UserId::from_bytes([2; 16]);

/// A room with readers who are never behind.
pub struct FanOut {
    hub: Arc<Hub>,
    mailbox: Arc<Mailbox>,
    rooms: Rooms,
    letters: Vec<Letter>,
    number: usize,
    cursors: Vec<Seq>,
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
        let hub = Arc::new(Hub::new(Arc::new(Nothing), mailboxes, Options::default(), Metrics::default()));
        let mut rooms = Rooms::new(0, Arc::clone(&hub));
        let mut number = 0;
        for connection in 0..readers {
            number = rooms.follow(ROOM, 0, Subscriber { connection, followed: 0 }, AUTHOR);
        }
        let cursors = vec![0; readers as usize];
        Self { hub, mailbox, rooms, letters: Vec::new(), number, cursors, head: 0 }
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

    /// Puts together what goes to each reader, and answers how many bytes that is.
    pub fn flush(&mut self) -> usize {
        self.mailbox.take(&mut self.letters);
        for letter in self.letters.drain(..) {
            if let Letter::Moved(feed) = letter {
                self.rooms.look(&feed);
            }
        }
        let local = self.rooms.get(self.number);
        let mut bytes = 0;
        for cursor in &mut self.cursors {
            let mut slices = [IoSlice::new(&[]); 64];
            let mut count = 0;
            let mut budget = Budget { frames: slices.len(), bytes: usize::MAX };
            let stop = local.ring.read(local.head, cursor, AUTHOR, &mut budget, |entry, _| {
                if let Some(entry) = local.ring.get(entry) {
                    slices[count] = IoSlice::new(entry.payload.frame(Wire::default()).as_bytes());
                    count += 1;
                }
            });
            debug_assert_eq!(stop, Stop::UpToDate, "nobody is behind");
            bytes += std::hint::black_box(&slices[..count]).iter().map(|slice| slice.len()).sum::<usize>();
        }
        bytes
    }
}

/// A store in which nothing is, and which nobody asks.
struct Nothing;

impl Log for Nothing {
    fn heads(&self, _: Vec<RoomId>) -> BoxFuture<'_, Result<Vec<(RoomId, Seq)>, Error>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn page(&self, _: RoomId, _: Seq, _: usize) -> BoxFuture<'_, Result<ChangesPage, Error>> {
        Box::pin(std::future::pending())
    }
}

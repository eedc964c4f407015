//! A hub over a store that is played, and readers without sockets.

use std::cell::RefCell;

use futures_util::future::BoxFuture;
use parlor_core::{ChangesPage, Renderings};
use parlor_model::{
    Body, DisplayName, Member, MemberRole, Message, MessageId, MessageKind, Role, SessionId, Timestamp, User,
    Username, WorkspaceId,
};
use parlor_protocol::ServerFrame;

use super::super::*;
use crate::codec::Frame;
use crate::shard::Shards;
use crate::shard::rooms::{Rooms, Subscriber};
use crate::wire::Wire;
use ring::{Budget, Stop};

pub(super) const ROOM: RoomId = RoomId::from_bytes([1; 16]);
pub(super) const CHANGES: Seq = 300;

pub(super) fn user_id(byte: u8) -> UserId {
    UserId::from_bytes([byte; 16])
}

pub(super) fn user(byte: u8) -> User {
    User {
        id: user_id(byte),
        workspace: WorkspaceId::from_bytes([1; 16]),
        username: Username::stored(format!("user{byte}")),
        display_name: DisplayName::stored(format!("User {byte}")),
        role: Role::Member,
        invited: false,
        created_at: Timestamp::default(),
    }
}

pub(super) fn message(seq: Seq) -> Change {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&seq.to_be_bytes());
    Change::MessageCreated(Message {
        id: MessageId::from_bytes(id),
        room: ROOM,
        seq,
        changed_seq: seq,
        author: user_id(9),
        kind: MessageKind::Text,
        body: Body::stored(format!("message {seq}")),
        nonce: None,
        reply_to: None,
        sent_at: Timestamp::default(),
        edited_at: None,
        deleted_at: None,
    })
}

pub(super) fn member(byte: u8, seq: Seq, active: bool) -> (Member, User) {
    let member = Member {
        room: ROOM,
        user: user_id(byte),
        role: MemberRole::Member,
        active,
        changed_seq: seq,
        joined_at: Timestamp::default(),
        mute: None,
        read: None,
    };
    (member, user(byte))
}

/// A store that is played: one room.
#[derive(Default)]
pub(super) struct Played {
    changes: Mutex<Vec<Arc<RoomEvent>>>,
    renderings: Renderings,
}

impl Played {
    pub(super) fn commit(&self, change: impl FnOnce(Seq) -> Change) -> Arc<RoomEvent> {
        let mut changes = self.changes.lock().unwrap();
        let seq = changes.len() as Seq + 1;
        let event = RoomEvent { room: ROOM, seq, at: Timestamp::default(), change: change(seq) };
        changes.push(Arc::new(event));
        Arc::clone(&changes[changes.len() - 1])
    }

    pub(super) fn head(&self) -> Seq {
        self.changes.lock().unwrap().len() as Seq
    }

    pub(super) fn read(&self, from: Seq, limit: usize) -> ChangesPage {
        let changes = self.changes.lock().unwrap();
        let from = usize::try_from(from).unwrap();
        let to = changes.len().min(from + limit);
        let mut page = ChangesPage {
            to: to as Seq,
            head: changes.len() as Seq,
            epoch: 1,
            messages: Vec::new(),
            members: Vec::new(),
            users: Vec::new(),
            room: None,
            is_member: true,
        };
        for event in &changes[from..to] {
            match &event.change {
                Change::MessageCreated(message) => page.messages.push(message.clone()),
                Change::MemberJoined(member, user) | Change::MemberLeft(member, user) => {
                    page.members.push((member.clone(), user.clone()));
                }
                other => panic!("{other:?} is not played"),
            }
        }
        page
    }
}

impl Log for Played {
    fn renderings(&self) -> &Renderings {
        &self.renderings
    }

    fn heads(&self, rooms: Vec<RoomId>) -> BoxFuture<'_, Result<Vec<(RoomId, Seq)>, parlor_core::Error>> {
        let heads = rooms.into_iter().map(|room| (room, self.head())).collect();
        Box::pin(async { Ok(heads) })
    }

    fn page(
        &self,
        _: RoomId,
        from: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<ChangesPage, parlor_core::Error>> {
        let page = self.read(from, limit);
        Box::pin(async { Ok(page) })
    }
}

pub(super) struct World {
    pub(super) log: Arc<Played>,
    pub(super) hub: Arc<Hub>,
    pub(super) shard: RefCell<Local>,
}

/// What a shard does, without its sockets.
pub(super) struct Local {
    pub(super) rooms: Rooms,
    pub(super) letters: Vec<Letter>,
    /// What connections were told, and not yet asked about by the test.
    pub(super) notes: Vec<(ConnectionId, Note)>,
    /// What all connections were told.
    pub(super) everybody: Vec<Note>,
    pub(super) moved: usize,
    pub(super) connections: u32,
}

impl World {
    pub(super) fn new(options: Options) -> Self {
        let log = Arc::new(Played::default());
        let mailboxes = Shards::prepare(1).unwrap().mailboxes();
        let hub = Hub::new(Arc::clone(&log) as Arc<dyn Log>, mailboxes, options, Metrics::default());
        let hub = Arc::new(hub);
        let local = Local {
            rooms: Rooms::new(0, Arc::clone(&hub)),
            letters: Vec::new(),
            notes: Vec::new(),
            everybody: Vec::new(),
            moved: 0,
            connections: 0,
        };
        Self { log, hub, shard: RefCell::new(local) }
    }

    pub(super) fn connect(&self, byte: u8) -> Registered {
        let mut local = self.shard.borrow_mut();
        local.connections += 1;
        let id = ConnectionId::new(0, local.connections, local.connections);
        Registered::new(&self.hub, id, user_id(byte), SessionId::from_bytes([byte; 16])).unwrap()
    }

    pub(super) fn reader(&self, byte: u8, cursor: Seq) -> Reader<'_> {
        let connection = self.connect(byte);
        let subscriber = Subscriber { connection: self.shard.borrow().connections, followed: 0 };
        let room = self.shard.borrow_mut().rooms.follow(ROOM, cursor, subscriber, user_id(byte));
        let follow = Some((room, subscriber));
        Reader {
            world: self,
            user: user_id(byte),
            _connection: connection,
            follow,
            cursor,
            taken: Vec::new(),
        }
    }

    pub(super) fn publish(&self, event: &Arc<RoomEvent>) {
        self.hub.take_event(event);
    }

    /// Opens the letters that came, as a shard does at each turn.
    pub(super) fn turn(&self) {
        let mut local = self.shard.borrow_mut();
        let mut letters = std::mem::take(&mut local.letters);
        self.hub.mailboxes[0].take(&mut letters);
        for letter in letters.drain(..) {
            match letter {
                Letter::Moved(feed) => {
                    local.moved += 1;
                    local.rooms.look(&feed);
                }
                Letter::Note(connection, note) => local.notes.push((connection, note)),
                Letter::Everybody(note) => local.everybody.push(note),
                other => panic!("{other:?} is not expected"),
            }
        }
        local.letters = letters;
    }

    /// Which rooms a connection was told that its user joined, and where.
    pub(super) fn joined(&self, connection: &Registered) -> Vec<(RoomId, Seq)> {
        self.turn();
        let local = self.shard.borrow();
        let joined = local.notes.iter().filter_map(|(id, note)| match note {
            Note::Joined(room, seq) if *id == connection.id => Some((*room, *seq)),
            _ => None,
        });
        joined.collect()
    }
}

/// A connection that does what a session does, without a socket.
pub(super) struct Reader<'a> {
    pub(super) world: &'a World,
    pub(super) user: UserId,
    pub(super) _connection: Registered,
    pub(super) follow: Option<(usize, Subscriber)>,
    pub(super) cursor: Seq,
    pub(super) taken: Vec<Frame>,
}

impl Reader<'_> {
    /// Takes what there is, up to `frames`; what fell off the ring comes from the store.
    pub(super) fn look(&mut self, log: &Played, frames: usize) {
        self.world.turn();
        let mut budget = Budget { frames, bytes: usize::MAX };
        while let Some((room, _)) = self.follow {
            let stop = {
                let local = self.world.shard.borrow();
                let local = local.rooms.get(room);
                local.ring.read(local.head, &mut self.cursor, self.user, &mut budget, |_, entry| {
                    self.taken.push(entry.payload.frame(Wire::default()).clone());
                })
            };
            match stop {
                Stop::UpToDate | Stop::Budget => return,
                Stop::Missed => {
                    let page = log.read(self.cursor, 100);
                    let payload = crate::encode::page(ROOM, self.cursor, &page, &Renderings::default());
                    self.taken.push(payload.frame(Wire::default()).clone());
                    self.cursor = page.to;
                }
                Stop::Ended { .. } => self.leave(),
            }
        }
    }

    pub(super) fn leave(&mut self) {
        if let Some((room, subscriber)) = self.follow.take() {
            self.world.shard.borrow_mut().rooms.unfollow(room, subscriber, self.user);
        }
    }

    /// The places that its frames cover, each with the one before it.
    pub(super) fn spans(&self) -> Vec<(Seq, Seq)> {
        let span = |frame: &Frame| match serde_json::from_str(frame.text_of()).unwrap() {
            ServerFrame::RoomChanges { from, to, .. } => (from, to),
            ServerFrame::MessageCreated { seq, .. }
            | ServerFrame::MemberJoined { seq, .. }
            | ServerFrame::MemberLeft { seq, .. } => (seq - 1, seq),
            other => panic!("{other:?} is no change"),
        };
        self.taken.iter().map(span).collect()
    }

    /// Everything from `from` to `to` once, in order, without a hole.
    pub(super) fn assert_saw(&self, from: Seq, to: Seq, what: &str) {
        let mut last = from;
        for (before, after) in self.spans() {
            assert!(before == last && after > before, "{what}: {before}..{after} after {last}");
            last = after;
        }
        assert_eq!(last, to, "{what}");
    }
}

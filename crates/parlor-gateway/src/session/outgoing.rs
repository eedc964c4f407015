//! What waits for a socket apart from what waits in rings: answers and pages. Bounded by what is read from the client:
//! while too much of it waits, nothing more is read.

use std::collections::VecDeque;

use parlor_core::limits::Permit;
use parlor_protocol::ServerFrame;
use serde_json::value::RawValue;

use crate::codec::Frame;
use crate::wire::Wire;

/// Memory for this many frames may stay with a connection that has nothing to say.
const KEPT: usize = 4;

/// What waits for a socket.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    wire: Wire,
    frames: VecDeque<Frame>,
    bytes: usize,
    /// How many of them are a page of what was missed.
    page_bytes: usize,
    /// What is held of budgets until everything was written.
    held: Vec<Permit>,
}

impl Outgoing {
    /// Nothing waits, for a socket that takes frames in this form.
    pub(crate) fn new(wire: Wire) -> Self {
        Self { wire, ..Self::default() }
    }

    /// The form that the socket takes.
    pub(crate) fn wire(&self) -> Wire {
        self.wire
    }

    /// Adds a frame for this connection.
    pub(crate) fn say(&mut self, frame: &ServerFrame) {
        self.push(self.wire.frame(frame));
    }

    /// Adds the answer to a command that was done.
    pub(crate) fn answer(&mut self, reference: Option<u64>, data: &RawValue) {
        self.push(self.wire.answer(reference, data));
    }

    /// Adds an encoded frame.
    pub(crate) fn push(&mut self, frame: Frame) {
        self.bytes += frame.len();
        self.frames.push_back(frame);
    }

    /// Adds a page of what was missed, which takes `room` until everything was written. It is asked for only when the one
    /// before was taken, so it doesn't keep the client's commands, or its end, from being read.
    pub(crate) fn push_page(&mut self, frame: Frame, room: Permit) {
        self.page_bytes = frame.len();
        self.push(frame);
        self.hold(room);
    }

    /// Holds this until everything that waits was written.
    pub(crate) fn hold(&mut self, permit: Permit) {
        self.held.push(permit);
    }

    /// Everything was written.
    pub(crate) fn release(&mut self) {
        self.page_bytes = 0;
        if !self.held.is_empty() {
            self.held = Vec::new();
        }
    }

    /// How many bytes wait, apart from a page of what was missed.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.saturating_sub(self.page_bytes)
    }

    /// How many frames wait.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// True if nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// What waits, in order.
    pub(crate) fn frames(&self) -> &VecDeque<Frame> {
        &self.frames
    }

    /// Takes the first frame.
    pub(crate) fn pop(&mut self) -> Option<Frame> {
        let frame = self.frames.pop_front();
        self.bytes -= frame.as_ref().map_or(0, Frame::len);
        if self.frames.is_empty() && self.frames.capacity() > KEPT {
            self.frames = VecDeque::new();
        }
        frame
    }
}

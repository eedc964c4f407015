//! Whose turn it is on a connection: the stream and whoever answers its requests both know a part of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_core::limits::Permit;
use parlor_core::limits::budget::TakenAway;

/// Whose turn it is on a connection. Cheap to clone; all clones are of one connection.
#[derive(Debug, Clone)]
pub struct Turn(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    phase: Phase,
    place: Option<Permit>,
    taken_away: Arc<TakenAway>,
    /// What the answers hold that are on their way.
    held: Vec<Arc<Permit>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The client has not begun to ask for anything.
    Waiting,
    /// The head of a request is on its way.
    Head,
    /// A request is being answered.
    Ours,
    /// All of an answer was handed over, but perhaps not taken.
    Answered,
    /// It becomes a WebSocket.
    Socket,
}

/// An answer that is on its way. Once this is dropped, all of it was handed over.
#[derive(Debug)]
pub struct Answering(Turn);

impl Turn {
    pub(super) fn new(mut place: Permit) -> Self {
        let taken_away = place.may_be_taken_away();
        let state = State { phase: Phase::Waiting, place: Some(place), taken_away, held: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Tells when the connection has to end, because somebody else needs its place.
    pub fn taken_away(&self) -> Arc<TakenAway> {
        Arc::clone(&self.lock().taken_away)
    }

    /// The head of a request is here. `None` if the connection has lost its place.
    #[must_use]
    pub fn begin(&self) -> Option<Answering> {
        let mut state = self.lock();
        if !state.place.as_mut().is_some_and(Permit::stays) {
            return None;
        }
        state.phase = Phase::Ours;
        Some(Answering(self.clone()))
    }

    /// True while the client lets us wait for a request.
    pub(super) fn is_clients(&self) -> bool {
        matches!(self.lock().phase, Phase::Waiting | Phase::Head)
    }

    /// Something came from the client. True if a request begins with it.
    pub(super) fn begins(&self) -> bool {
        let mut state = self.lock();
        let begins = state.phase == Phase::Waiting;
        if begins {
            state.phase = Phase::Head;
        }
        begins
    }

    /// The stream has taken everything. True if it is the client's turn from now on.
    pub(super) fn ends(&self) -> bool {
        let mut state = self.lock();
        if state.phase != Phase::Answered {
            return false;
        }
        state.phase = Phase::Waiting;
        if let Some(place) = &mut state.place {
            place.may_be_taken_away();
        }
        let held = std::mem::take(&mut state.held);
        drop(state);
        drop(held);
        true
    }

    pub(super) fn take_place(&self) -> Option<Permit> {
        self.lock().place.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answering {
    /// The answer holds this until it was taken.
    pub fn hold(&self, permit: Arc<Permit>) {
        self.0.lock().held.push(permit);
    }

    /// The answer is that the connection becomes a WebSocket.
    pub fn becomes_socket(&self) {
        self.0.lock().phase = Phase::Socket;
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        if state.phase == Phase::Ours {
            state.phase = Phase::Answered;
        }
    }
}

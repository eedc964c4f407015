//! What one request holds of the server's budgets, from its head until its answer is taken: a place among those that are
//! worked on, while it is; and room for the bytes of its answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use parlor_core::limits::budget::Full;
use parlor_core::limits::{Budgets, Permit, Scarce, Whose};
use parlor_model::{Refusal, UserId};

use crate::error::Failure;
use crate::extract::ClientAddress;
use crate::state::ApiState;

/// Room for an answer that may be large, until its length is known. What is larger is rare, and has to find more then.
const LARGE: u64 = 1024 * 1024;

/// How long a request may wait for that room.
const ROOM_WITHIN: Duration = Duration::from_secs(10);

/// A request.
#[derive(Debug)]
pub(crate) struct Visit {
    budgets: Budgets,
    state: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    whose: Whose,
    work: Option<Permit>,
    answer: Option<Permit>,
}

impl Visit {
    fn begin(budgets: &Budgets, whose: Whose) -> Result<Self, Full> {
        let work = budgets.of(Scarce::Requests).take(whose, 1)?;
        let state = Mutex::new(Held { whose, work: Some(work), answer: None });
        Ok(Self { budgets: budgets.clone(), state })
    }

    /// The request is this person's.
    pub(crate) fn is_of(&self, person: UserId) -> Result<(), Refusal> {
        let mut state = self.lock();
        state.whose = state.whose.and(person);
        state.work = None;
        self.work(&mut state)
    }

    /// Waits for the body: nothing is worked on meanwhile.
    ///
    /// # Errors
    /// If nobody can be made to give way.
    pub(crate) fn await_body(&self) -> Result<Permit, Refusal> {
        let mut state = self.lock();
        state.work = None;
        let mut waiting = self.budgets.of(Scarce::Bodies).take_in_turn(state.whose)?;
        waiting.may_be_taken_away();
        Ok(waiting)
    }

    /// The body is here: there is work again.
    pub(crate) fn go_on(&self) -> Result<(), Refusal> {
        self.work(&mut self.lock())
    }

    fn work(&self, state: &mut Held) -> Result<(), Refusal> {
        state.work = Some(self.budgets.of(Scarce::Requests).take(state.whose, 1)?);
        Ok(())
    }

    /// Waits until there is room for a large answer.
    async fn prepare_large(&self) -> Result<(), Refusal> {
        let whose = self.lock().whose;
        let room = self.budgets.of(Scarce::Answers).wait(whose, LARGE);
        let room = tokio::time::timeout(ROOM_WITHIN, room).await.unwrap_or(Err(Full::Share))?;
        self.lock().answer = Some(room);
        Ok(())
    }

    /// The answer has so many bytes. Returns what holds room for them.
    fn answer(&self, length: u64) -> Result<Permit, Full> {
        let mut state = self.lock();
        state.work = None;
        if let Some(mut room) = state.answer.take() {
            room.resize(length)?;
            return Ok(room);
        }
        self.budgets.of(Scarce::Answers).take(state.whose, length)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a place among the requests that are worked on. The excess is answered at once instead of queueing: a client that
/// is told to come back holds no memory here.
pub(crate) async fn begin(
    State(state): State<ApiState>,
    address: ClientAddress,
    mut request: Request,
    next: Next,
) -> Response {
    match Visit::begin(state.core.budgets(), address.whose()) {
        Ok(visit) => {
            request.extensions_mut().insert(Arc::new(visit));
            next.run(request).await
        }
        Err(full) => Failure::from(Refusal::from(full)).into_response(),
    }
}

/// Has each answer hold room for its bytes. Whoever serves the connection finds an `Arc<Permit>` among the answer's
/// extensions and keeps it until the client has taken everything.
pub(crate) async fn charge(request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Arc<Visit>>().cloned();
    let mut response = next.run(request).await;
    let Some(visit) = visit else { return response };
    match visit.answer(response.body().size_hint().lower()) {
        Ok(room) => {
            response.extensions_mut().insert(Arc::new(room));
            response
        }
        Err(full) => Failure::from(Refusal::from(full)).into_response(),
    }
}

/// The request that is being answered, for extractors.
pub(crate) fn of(parts: &http::Extensions) -> Option<&Arc<Visit>> {
    parts.get::<Arc<Visit>>()
}

/// Asked for, after the caller, by whoever may answer much: what one person has not taken bounds what is made for them
/// next.
pub(crate) struct MayBeLarge;

impl FromRequestParts<ApiState> for MayBeLarge {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Failure> {
        if let Some(visit) = of(&parts.extensions) {
            visit.prepare_large().await?;
        }
        Ok(Self)
    }
}

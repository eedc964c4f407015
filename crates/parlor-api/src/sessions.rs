//! One's signed-in devices, and how a session begins.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, USER_AGENT};
use http::{HeaderMap, StatusCode};
use parlor_core::Entered;
use parlor_core::bus::Notice;
use parlor_core::limits::Kind;
use parlor_model::{Role, SessionId, User};
use parlor_protocol as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cookies;
use crate::error::Result;
use crate::extract::{Caller, Id, Page, PageParameters, Query, bearer_token};
use crate::state::ApiState;
use crate::visit::MayBeLarge;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(revoke))
}

/// Lists one's sessions
///
/// The newest first, in pages.
#[utoipa::path(
    get, path = "/sessions", tag = "Sessions", operation_id = "list_sessions", params(PageParameters),
    responses((status = 200, description = "One's signed-in devices.", body = wire::SessionList)),
    extensions(("x-errors" = json!(["bad_request", "invalid_field"]))),
)]
async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: MayBeLarge,
    Query(page): Query<Page<SessionId>>,
) -> Result<Json<wire::SessionList>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let sessions = state.identity.sessions(&actor, page.after, page.limit).await?;
    let next = page.next(&sessions, |session| session.id);
    let sessions = sessions.iter().map(|session| wire::Session::new(session, actor.session)).collect();
    Ok(Json(wire::SessionList { sessions, next }))
}

/// Ends one of one's sessions
///
/// Its token and its WebSockets end at once.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "Sessions", operation_id = "end_session",
    params(("id" = String, Path, description = "`ses_…`")),
    responses((status = 204, description = "The session has ended.")),
    extensions(("x-errors" = json!(["not_found"]))),
)]
async fn revoke(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(session): Id<SessionId>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    state.identity.end_session(&actor, session).await?;
    end(&state, [session]);
    Ok(StatusCode::NO_CONTENT)
}

/// Tells everybody who speaks in the name of these sessions that they have ended.
pub(crate) fn end(state: &ApiState, sessions: impl IntoIterator<Item = SessionId>) {
    for session in sessions {
        state.core.bus().publish(Notice::SessionEnded(session));
    }
}

/// Somebody has come in: a session is to be opened for them.
pub(crate) struct Opening {
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// Who, and the room that they came into.
    pub(crate) entered: Entered,
    /// True if the token goes into a cookie that scripts can't read, instead of the body.
    pub(crate) cookie: bool,
}

impl Opening {
    /// Opens the session and answers with it. The one that the request came with ends: nobody is two people in one
    /// place, and whoever knew the old token does not know the new one.
    pub(crate) async fn answer(self, state: &ApiState, headers: &HeaderMap) -> Result<Response> {
        let Self { status, entered: Entered { user, joined }, cookie } = self;
        let presented = [
            headers.get(AUTHORIZATION).and_then(bearer_token),
            cookies::session(headers, &state.options).map(|presented| presented.token),
            cookies::former_session(headers, &state.options),
        ];
        let presented: Vec<&str> = presented.into_iter().flatten().collect();
        let (_, token, ended) =
            state.identity.open_session_instead(user.id, &label(headers), &presented).await?;
        let former_is_over =
            cookies::session(headers, &state.options).is_some_and(|it| it.former) && !ended.is_empty();
        end(state, ended);
        let body = wire::SignedIn {
            token: (!cookie).then(|| token.expose().to_owned()),
            user: wire::User::from(&user),
            room: joined.map(|(room, place)| wire::Room::new(&room, Some(&place))),
        };
        let mut response = (status, Json(body)).into_response();
        if cookie {
            cookies::add(&mut response, cookies::set_session(headers, token.expose(), &state.options));
            remember_device(state, headers, &user, &mut response).await?;
        }
        if former_is_over {
            cookies::add(&mut response, cookies::clear_former_session(headers, &state.options));
        }
        Ok(response)
    }
}

/// Lets the browser show the next time that somebody has signed in on it to this account. Guests can't sign in.
async fn remember_device(
    state: &ApiState,
    headers: &HeaderMap,
    user: &User,
    response: &mut Response,
) -> Result<()> {
    if user.role != Role::Guest {
        let present = cookies::device(headers, &state.options);
        let value = state.identity.remember_device(present, &user.username.key()).await?;
        cookies::add(response, cookies::set_device(headers, &value, &state.options));
    }
    Ok(())
}

/// What a device calls itself, for the list of sessions: printable, and at most 200 characters.
fn label(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().chars().take(200).collect()
}

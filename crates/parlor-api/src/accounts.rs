//! Coming in and going out: registration, sign-in, guests, one's own profile and password.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use parlor_core::limits::Kind;
use parlor_core::{Admission, Entered, ProfileChange, Registrant};
use parlor_model::User;
use parlor_protocol as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cookies;
use crate::error::Result;
use crate::extract::{Body, Caller, ClientAddress};
use crate::sessions::end;
use crate::state::ApiState;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(enter_as_guest))
        .routes(routes!(logout))
        .routes(routes!(me, update_me))
        .routes(routes!(upgrade))
        .routes(routes!(change_password))
}

/// Makes an account
///
/// Signs in at once. With the token of the setup link the account is the owner's.
#[utoipa::path(
    post, path = "/auth/register", tag = "Accounts", request_body = wire::Register, security(()),
    responses((status = 201, description = "The account and its first session.", body = wire::SignedIn)),
    extensions(("x-errors" = json!([
        "invalid_field", "name_taken", "name_confusable", "registration_needs_invite", "registration_closed",
        "invite_invalid", "setup_token_invalid",
    ]))),
)]
async fn register(
    State(state): State<ApiState>,
    address: ClientAddress,
    headers: HeaderMap,
    Body(body): Body<wire::Register>,
) -> Result<Response> {
    state.core.limiter().check(Kind::Register, address.key())?;
    let admission = Admission { invite: body.invite, setup_token: body.setup_token };
    // Hashing is dear: who may not come in must not make us do it.
    state.core.may_register(&admission).await?;
    let registrant = Registrant {
        username: body.username,
        display_name: body.display_name,
        password_hash: state.identity.hash_password(&body.password).await?,
        admission,
    };
    let entered = state.core.register(registrant).await?;
    signed_in(&state, &headers, StatusCode::CREATED, entered, body.cookie).await
}

/// Signs in
#[utoipa::path(
    post, path = "/auth/login", tag = "Accounts", request_body = wire::Login, security(()),
    responses((status = 200, description = "A new session.", body = wire::SignedIn)),
    extensions(("x-errors" = json!(["wrong_credentials"]))),
)]
async fn login(
    State(state): State<ApiState>,
    address: ClientAddress,
    headers: HeaderMap,
    Body(body): Body<wire::Login>,
) -> Result<Response> {
    let name = parlor_model::NameKey::of(&body.username);
    state.core.limiter().check(Kind::Login, address.key())?;
    state.core.limiter().check(Kind::LoginName, name)?;
    let user = state.identity.check_password(&body.username, &body.password).await?;
    let entered = Entered { user, joined: None };
    signed_in(&state, &headers, StatusCode::OK, entered, body.cookie).await
}

/// Enters without an account
#[utoipa::path(
    post, path = "/auth/guest", tag = "Accounts", request_body = wire::EnterAsGuest, security(()),
    responses((status = 201, description = "The guest and their session.", body = wire::SignedIn)),
    extensions(("x-errors" = json!([
        "invalid_field", "guests_need_invite", "guests_closed", "invite_invalid",
    ]))),
)]
async fn enter_as_guest(
    State(state): State<ApiState>,
    address: ClientAddress,
    headers: HeaderMap,
    Body(body): Body<wire::EnterAsGuest>,
) -> Result<Response> {
    state.core.limiter().check(Kind::Guest, address.key())?;
    let entered = state.core.enter_as_guest(&body.display_name, body.invite.as_deref()).await?;
    signed_in(&state, &headers, StatusCode::CREATED, entered, body.cookie).await
}

/// Signs out
///
/// The token ends at once, and with it every WebSocket that it opened.
#[utoipa::path(
    post, path = "/auth/logout", tag = "Accounts",
    responses((status = 204, description = "The session has ended.")),
)]
async fn logout(State(state): State<ApiState>, Caller(actor): Caller) -> Result<Response> {
    state.identity.end_session(&actor, actor.session).await?;
    end(&state, [actor.session]);
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, cookies::clear(&state.options));
    Ok(response)
}

/// Tells who one is
#[utoipa::path(
    get, path = "/me", tag = "Accounts",
    responses((status = 200, description = "Oneself.", body = wire::CurrentUser)),
)]
async fn me(State(state): State<ApiState>, Caller(actor): Caller) -> Result<Json<wire::CurrentUser>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    Ok(current(&actor.user))
}

/// Changes one's profile
#[utoipa::path(
    patch, path = "/me", tag = "Accounts", request_body = wire::UpdateProfile,
    responses((status = 200, description = "Oneself, changed.", body = wire::CurrentUser)),
    extensions(("x-errors" = json!(["invalid_field"]))),
)]
async fn update_me(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Body(body): Body<wire::UpdateProfile>,
) -> Result<Json<wire::CurrentUser>> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    let change = ProfileChange { display_name: body.display_name };
    let user = state.core.update_profile(&actor, change).await?;
    Ok(current(&user))
}

/// Makes a guest an account
///
/// The guest keeps their rooms, their messages and this session.
#[utoipa::path(
    post, path = "/me/upgrade", tag = "Accounts", request_body = wire::UpgradeGuest,
    responses((status = 200, description = "Oneself, with an account.", body = wire::CurrentUser)),
    extensions(("x-errors" = json!([
        "invalid_field", "name_taken", "name_confusable", "registration_needs_invite", "registration_closed",
        "invite_invalid", "not_a_guest",
    ]))),
)]
async fn upgrade(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Body(body): Body<wire::UpgradeGuest>,
) -> Result<Json<wire::CurrentUser>> {
    state.core.limiter().check(Kind::Create, actor.id())?;
    let hash = state.identity.hash_password(&body.password).await?;
    let invite = body.invite.as_deref();
    let user = state.core.upgrade_guest(&actor, &body.username, hash, invite).await?;
    Ok(current(&user))
}

/// Changes one's password
///
/// Every other session ends at once.
#[utoipa::path(
    post, path = "/me/password", tag = "Accounts", request_body = wire::ChangePassword,
    responses((status = 204, description = "The password is changed.")),
    extensions(("x-errors" = json!(["wrong_credentials", "invalid_field"]))),
)]
async fn change_password(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Body(body): Body<wire::ChangePassword>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::LoginName, actor.user.username.key())?;
    let ended = state.identity.change_password(&actor, &body.current_password, &body.new_password).await?;
    end(&state, ended);
    Ok(StatusCode::NO_CONTENT)
}

fn current(user: &User) -> Json<wire::CurrentUser> {
    Json(wire::CurrentUser { user: user.into() })
}

/// Opens a session and answers with it: the token in the body, or in a cookie that scripts can't read.
async fn signed_in(
    state: &ApiState,
    headers: &HeaderMap,
    status: StatusCode,
    entered: Entered,
    cookie: bool,
) -> Result<Response> {
    let Entered { user, joined } = entered;
    let (_, token) = state.identity.open_session(user.id, &label(headers)).await?;
    let body = wire::SignedIn {
        token: (!cookie).then(|| token.expose().to_owned()),
        user: wire::User::from(&user),
        room: joined.map(|(room, place)| wire::Room::new(&room, Some(&place))),
    };
    let mut response = (status, Json(body)).into_response();
    if cookie {
        set_cookie(&mut response, cookies::set(token.expose(), &state.options));
    }
    Ok(response)
}

fn set_cookie(response: &mut Response, line: Option<HeaderValue>) {
    if let Some(line) = line {
        response.headers_mut().insert(SET_COOKIE, line);
    }
}

/// What a device calls itself, for the list of sessions: printable, and at most 200 characters.
fn label(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().chars().take(200).collect()
}

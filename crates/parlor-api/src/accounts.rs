//! Coming in and going out: registration, sign-in, guests, one's own profile and password.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use parlor_core::limits::Kind;
use parlor_core::{Admission, Entered, ProfileChange, Registrant, SignIn};
use parlor_identity::{Identity, Whom};
use parlor_model::{NameKey, Refusal, User, Username};
use parlor_protocol as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cookies;
use crate::error::{Failure, Result};
use crate::extract::{Body, Caller, ClientAddress};
use crate::sessions::{Opening, end};
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
/// Signs in at once, and ends the session that the request came with, if any. With the token of the setup link the
/// account is the owner's.
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
    // Hashing is dear: who may not come in so must not make us do it.
    state.core.may_register(&body.username, body.display_name.as_deref(), &admission).await?;
    Identity::may_be_password(&body.password)?;
    let registrant = Registrant {
        username: body.username,
        display_name: body.display_name,
        password_hash: state.identity.hash_password(&body.password, Whom::Stranger).await?,
        admission,
    };
    let entered = state.core.register(registrant).await?;
    Opening { status: StatusCode::CREATED, entered, cookie: body.cookie }.answer(&state, &headers).await
}

/// Signs in
///
/// Ends the session that the request came with, if any. Guessing is limited for each name and whence it is tried: a
/// browser on which somebody has signed in to the name before has a limit of its own.
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
    let cookie = cookies::device(&headers, &state.options);
    // Neither the name nor the password is looked at for an address that does too much, or if no name is that long.
    if cookie.is_none() || body.username.len() > Username::MAX_BYTES {
        state.core.limiter().check(Kind::Login, address.key())?;
    }
    if body.username.len() > Username::MAX_BYTES {
        return Err(Refusal::WrongCredentials.into());
    }
    let name = NameKey::of(&body.username);
    let device = match cookie {
        Some(cookie) => state.identity.known_device(cookie, &name).await?,
        None => None,
    };
    if cookie.is_some() && device.is_none() {
        state.core.limiter().check(Kind::Login, address.key())?;
    }
    let attempt = SignIn { name: &name, address: address.key(), device };
    let is_known = state.core.limiter().check_sign_in(&attempt)?;
    let whom = if is_known { Whom::Known } else { Whom::Stranger };
    let user = state.identity.check_password(&body.username, &body.password, whom).await?;
    state.core.limiter().signed_in(&attempt);
    let entered = Entered { user, joined: None };
    Opening { status: StatusCode::OK, entered, cookie: body.cookie }.answer(&state, &headers).await
}

/// Enters without an account
///
/// Ends the session that the request came with, if any.
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
    Opening { status: StatusCode::CREATED, entered, cookie: body.cookie }.answer(&state, &headers).await
}

/// Signs out
///
/// The token ends at once, and with it every WebSocket that it opened.
#[utoipa::path(
    post, path = "/auth/logout", tag = "Accounts",
    responses((status = 204, description = "The session has ended.")),
)]
async fn logout(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    headers: HeaderMap,
) -> Result<Response> {
    let ended = state.identity.end_session(&actor, actor.session).await;
    ended.map_err(|error| match error {
        // Another request was quicker: this one has no session any more.
        parlor_identity::Error::Refused(Refusal::NotFound(_)) => Refusal::Unauthenticated.into(),
        other => Failure::from(other),
    })?;
    end(&state, [actor.session]);
    let mut response = StatusCode::NO_CONTENT.into_response();
    cookies::add(&mut response, cookies::clear_session(&headers, &state.options));
    if let Some(former) = cookies::former_session(&headers, &state.options) {
        let former_ended = state.identity.end_token(former).await?;
        let is_ours =
            former_ended.is_some() || cookies::session(&headers, &state.options).is_some_and(|it| it.former);
        end(&state, former_ended);
        if is_ours {
            cookies::add(&mut response, cookies::clear_former_session(&headers, &state.options));
        }
    }
    Ok(response)
}

/// Tells who one is
#[utoipa::path(
    get, path = "/me", tag = "Accounts",
    responses((status = 200, description = "Oneself.", body = wire::CurrentUser)),
)]
async fn me(State(state): State<ApiState>, Caller(actor): Caller, headers: HeaderMap) -> Result<Response> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let mut response = current(&actor.user).into_response();
    cookies::rename(&mut response, &headers, &state.options);
    Ok(response)
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
/// The guest keeps their rooms and their messages. A program keeps its token; a browser gets a new session in the place
/// of the one that its cookie named, which ends.
#[utoipa::path(
    post, path = "/me/upgrade", tag = "Accounts", request_body = wire::UpgradeGuest,
    responses((status = 200, description = "Oneself, with an account.", body = wire::SignedIn)),
    extensions(("x-errors" = json!([
        "invalid_field", "name_taken", "name_confusable", "registration_needs_invite", "registration_closed",
        "invite_invalid", "not_a_guest",
    ]))),
)]
async fn upgrade(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    headers: HeaderMap,
    Body(body): Body<wire::UpgradeGuest>,
) -> Result<Response> {
    state.core.limiter().check(Kind::Create, actor.id())?;
    let invite = body.invite.as_deref();
    // Hashing is dear: who may not become an account so must not make us do it.
    state.core.may_upgrade(&actor, &body.username, invite).await?;
    Identity::may_be_password(&body.password)?;
    // Guests are anybody.
    let hash = state.identity.hash_password(&body.password, Whom::Stranger).await?;
    let user = state.core.upgrade_guest(&actor, &body.username, hash, invite).await?;
    // Somebody else may have put the guest's cookie into the browser, to be let into the account that comes of it. A token
    // is in a program's own hands.
    if headers.contains_key(AUTHORIZATION) {
        return Ok(current(&user).into_response());
    }
    let entered = Entered { user, joined: None };
    Opening { status: StatusCode::OK, entered, cookie: true }.answer(&state, &headers).await
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
    state.core.limiter().check(Kind::Password, actor.id())?;
    let ended = state.identity.change_password(&actor, &body.current_password, &body.new_password).await?;
    end(&state, ended);
    Ok(StatusCode::NO_CONTENT)
}

fn current(user: &User) -> Json<wire::CurrentUser> {
    Json(wire::CurrentUser { user: user.into() })
}

//! Invitation links: making, listing, withdrawing and using them. Their codes travel in bodies, never in addresses.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use parlor_core::limits::Kind;
use parlor_model::{InviteId, RoomId};
use parlor_protocol as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Result;
use crate::extract::{Body, Caller, ClientAddress, Id, Ids, Page, PageParameters, Query};
use crate::state::ApiState;
use crate::visit::MayBeLarge;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
        .routes(routes!(inspect))
        .routes(routes!(accept))
}

/// Lists a room's invitations
///
/// The newest first, in pages.
#[utoipa::path(
    get, path = "/rooms/{id}/invites", tag = "Invitations", operation_id = "list_invites",
    params(("id" = String, Path, description = "`rm_…`"), PageParameters),
    responses((status = 200, description = "The invitations, without their codes.", body = wire::InviteList)),
    extensions(("x-errors" = json!(["not_found", "forbidden", "bad_request", "invalid_field"]))),
)]
async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: MayBeLarge,
    Id(room): Id<RoomId>,
    Query(page): Query<Page<InviteId>>,
) -> Result<Json<wire::InviteList>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let now = state.env().now();
    let invites = state.core.invites(&actor, room, page.after, page.limit).await?;
    let next = page.next(&invites, |invite| invite.id);
    let invites = invites.iter().map(|invite| wire::Invite::new(invite, now)).collect();
    Ok(Json(wire::InviteList { invites, next }))
}

/// Makes an invitation
///
/// Its code is shown this once. Hand out `<server>/invite#<code>`.
#[utoipa::path(
    post, path = "/rooms/{id}/invites", tag = "Invitations", operation_id = "create_invite",
    params(("id" = String, Path, description = "`rm_…`")), request_body = wire::CreateInvite,
    responses((status = 201, description = "The invitation and its code.", body = wire::CreatedInvite)),
    extensions(("x-errors" = json!(["not_found", "forbidden", "invalid_field"]))),
)]
async fn create(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
    Body(body): Body<wire::CreateInvite>,
) -> Result<(StatusCode, Json<wire::CreatedInvite>)> {
    state.core.limiter().check(Kind::Create, actor.id())?;
    let (invite, code) = state.core.create_invite(&actor, room, body.expires_in, body.max_uses).await?;
    let created = wire::CreatedInvite {
        invite: wire::Invite::new(&invite, state.env().now()),
        path: format!("/invite#{code}"),
        code,
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Withdraws an invitation
#[utoipa::path(
    delete, path = "/rooms/{id}/invites/{invite}", tag = "Invitations", operation_id = "revoke_invite",
    params(
        ("id" = String, Path, description = "`rm_…`"),
        ("invite" = String, Path, description = "`inv_…`"),
    ),
    responses((status = 204, description = "The invitation lets nobody in any more.")),
    extensions(("x-errors" = json!(["not_found", "forbidden"]))),
)]
async fn revoke(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Ids(room, invite): Ids<InviteId>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    state.core.revoke_invite(&actor, room, invite).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks where an invitation leads
///
/// Uses nothing up, and needs no credential: the code is one.
#[utoipa::path(
    post, path = "/invites/inspect", tag = "Invitations", operation_id = "inspect_invite", security(()),
    request_body = wire::InspectInvite,
    responses((status = 200, description = "The room behind it.", body = wire::InvitePreview)),
    extensions(("x-errors" = json!(["invite_invalid"]))),
)]
async fn inspect(
    State(state): State<ApiState>,
    address: ClientAddress,
    Body(body): Body<wire::InspectInvite>,
) -> Result<Json<wire::InvitePreview>> {
    state.core.limiter().check(Kind::InspectInvite, address.key())?;
    let preview = state.core.inspect_invite(&body.code).await?;
    Ok(Json(wire::InvitePreview {
        room_name: preview.room.name.to_string(),
        room_slug: preview.room.slug.to_string(),
        invited_by: preview.invited_by.display_name.to_string(),
        member_count: preview.room.member_count,
    }))
}

/// Uses an invitation
///
/// Using one to a room that one is in changes nothing, also when it lets in nobody else any more.
#[utoipa::path(
    post, path = "/invites/accept", tag = "Invitations", operation_id = "accept_invite",
    request_body = wire::AcceptInvite,
    responses((status = 200, description = "The room, which one is in now.", body = wire::Room)),
    extensions(("x-errors" = json!(["invite_invalid"]))),
)]
async fn accept(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Body(body): Body<wire::AcceptInvite>,
) -> Result<Json<wire::Room>> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    let (room, place) = state.core.accept_invite(&actor, &body.code).await?;
    Ok(Json(wire::Room::new(&room, Some(&place))))
}

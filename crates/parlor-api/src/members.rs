//! Who is in a room, and keeping order among them.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use parlor_core::limits::Kind;
use parlor_core::{MuteMember, Roster};
use parlor_model::{RoomId, UserId};
use parlor_protocol as wire;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Result;
use crate::extract::{Body, Caller, FromQuery, Id, Ids, Parameters, Query};
use crate::state::ApiState;
use crate::visit::MayBeLarge;

/// How many members a page holds, unless told otherwise.
const DEFAULT_LIMIT: usize = 100;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(mute))
        .routes(routes!(unmute))
        .routes(routes!(kick))
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields document the parameters, which are read by name")]
struct MembersParameters {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many to answer.
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: Option<u32>,
}

struct MembersQuery {
    after: Option<UserId>,
    limit: usize,
}

impl FromQuery for MembersQuery {
    fn from_query(parameters: &mut Parameters) -> Result<Self> {
        Ok(Self { after: parameters.id("after")?, limit: parameters.limit(DEFAULT_LIMIT)? })
    }
}

/// Lists a room's members
///
/// In a stable order, in pages, each with whether they are connected now. Why somebody is muted, and by whom, is told to
/// those who keep order.
#[utoipa::path(
    get, path = "/rooms/{id}/members", tag = "Members", operation_id = "list_members",
    params(("id" = String, Path, description = "`rm_…`"), MembersParameters),
    responses((status = 200, description = "A page of members.", body = wire::MemberPage)),
    extensions(("x-errors" = json!(["not_found", "bad_request", "invalid_field"]))),
)]
async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: MayBeLarge,
    Id(room): Id<RoomId>,
    Query(query): Query<MembersQuery>,
) -> Result<Json<wire::MemberPage>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let Roster { members, with_reasons } = state.core.members(&actor, room, query.after, query.limit).await?;
    let last = members.last().filter(|_| members.len() == query.limit);
    let next = last.map(|(member, _)| member.user.to_string());
    let members = members
        .iter()
        .map(|(member, user)| {
            let shown = wire::Member::new(member, user, Some((state.presence)(user.id)));
            if with_reasons { shown.with_reason(member) } else { shown }
        })
        .collect();
    Ok(Json(wire::MemberPage { members, next }))
}

/// Mutes a member
///
/// They go on reading, and what they send or edit is answered `muted`, for `duration` seconds or until somebody ends it. A
/// mute that lies on them already is replaced. For those who keep order, on those below them: moderators, the room's
/// owners, the workspace's admins, its owner.
#[utoipa::path(
    post, path = "/rooms/{id}/members/{user}/mute", tag = "Members", operation_id = "mute_member",
    params(
        ("id" = String, Path, description = "`rm_…`"),
        ("user" = String, Path, description = "`usr_…`"),
    ),
    request_body = wire::MuteMember,
    responses((status = 200, description = "The member, muted.", body = wire::Member)),
    extensions(("x-errors" = json!(["not_found", "forbidden", "muted", "invalid_field"]))),
)]
async fn mute(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Ids(room, user): Ids<UserId>,
    Body(body): Body<wire::MuteMember>,
) -> Result<Json<wire::Member>> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    let input = MuteMember { duration: body.duration, reason: body.reason };
    let (member, user) = state.core.mute_member(&actor, room, user, input).await?;
    Ok(Json(wire::Member::new(&member, &user, None).with_reason(&member)))
}

/// Ends a mute
///
/// For a member who is not muted nothing changes. A mute is not for those below who decided it.
#[utoipa::path(
    post, path = "/rooms/{id}/members/{user}/unmute", tag = "Members", operation_id = "unmute_member",
    params(
        ("id" = String, Path, description = "`rm_…`"),
        ("user" = String, Path, description = "`usr_…`"),
    ),
    responses((status = 204, description = "They may write again.")),
    extensions(("x-errors" = json!(["not_found", "forbidden", "muted"]))),
)]
async fn unmute(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Ids(room, user): Ids<UserId>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    state.core.unmute_member(&actor, room, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a member out of a room
///
/// Their connections hear nothing more of it, and the invitation links that they made to it let nobody in any more. They
/// may come back where they could come in before.
#[utoipa::path(
    post, path = "/rooms/{id}/members/{user}/kick", tag = "Members", operation_id = "kick_member",
    params(
        ("id" = String, Path, description = "`rm_…`"),
        ("user" = String, Path, description = "`usr_…`"),
    ),
    responses((status = 204, description = "They are not in the room any more.")),
    extensions(("x-errors" = json!(["not_found", "forbidden", "muted"]))),
)]
async fn kick(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Ids(room, user): Ids<UserId>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    state.core.kick_member(&actor, room, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

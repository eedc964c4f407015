//! Who is in a room.

use axum::Json;
use axum::extract::State;
use parlor_core::limits::Kind;
use parlor_model::{RoomId, UserId};
use parlor_protocol as wire;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{Failure, Result};
use crate::extract::{Caller, FromQuery, Id, Parameters, Query};
use crate::state::ApiState;

/// How many members a page holds, unless told otherwise.
const DEFAULT_LIMIT: usize = 100;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
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
        let after = parameters.text("after")?.map(|id| {
            id.parse().map_err(|_| Failure::invalid("after", "it must be the “next” of the page before"))
        });
        Ok(Self { after: after.transpose()?, limit: parameters.limit(DEFAULT_LIMIT)? })
    }
}

/// Lists a room's members
///
/// In a stable order, in pages, each with whether they are connected now.
#[utoipa::path(
    get, path = "/rooms/{id}/members", tag = "Members", operation_id = "list_members",
    params(("id" = String, Path, description = "`rm_…`"), MembersParameters),
    responses((status = 200, description = "A page of members.", body = wire::MemberPage)),
    extensions(("x-errors" = json!(["not_found", "bad_request", "invalid_field"]))),
)]
async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
    Query(query): Query<MembersQuery>,
) -> Result<Json<wire::MemberPage>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let members = state.core.members(&actor, room, query.after, query.limit).await?;
    let last = members.last().filter(|_| members.len() == query.limit);
    let next = last.map(|(member, _)| member.user.to_string());
    let members = members
        .iter()
        .map(|(member, user)| wire::Member::new(member, user, Some((state.presence)(user.id))))
        .collect();
    Ok(Json(wire::MemberPage { members, next }))
}
